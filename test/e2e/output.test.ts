import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { chmod } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeWith } from '../sshd/requirements.ts'
import type { TestServer } from '../sshd/server.ts'
import { startSshd } from '../sshd/sshd.ts'
import { drover, eventsOf } from './drover.ts'
import { workFolder, writeHosts } from './work-folder.ts'

/** Two processes, which take 130 MB before they do anything. */
const MOST_MB = 450
/** What a terminal would obey or hide: controls but for tab and line end, bidi controls. */
const RAW = /[\p{Cc}--[\t\n]]|[\u202a-\u202e\u2066-\u2069]/v

describeWith(['root', 'sshd'], 'what hosts print', () => {
  let good: TestServer
  let sick: TestServer
  beforeAll(async () => {
    ;[good, sick] = await Promise.all([startSshd({ account: {} }), startSshd({ account: {} })])
  })
  afterAll(async () => {
    await Promise.all([good.stop(), sick.stop()])
  })

  async function onSickHost(script: string, format: 'lines' | 'json', status = 0) {
    const cwd = workFolder()
    const hosts = writeHosts(cwd, { good, sick })
    // Only so much of the output is kept: the good host's line comes first.
    const spoken = join(cwd, 'spoken')
    await chmod(cwd, 0o777)
    const text = `if test \${{ host.name }} = good; then echo fine; sleep 1; touch ${spoken}; else until [ -e ${spoken} ]; do sleep 0.1; done; ${script}; fi`
    const finished = await drover(['run', ...hosts, '-g', 'all', '--format', format, '--', text], {
      cwd,
      keep: 1 << 20,
    })
    expect(finished.status).toBe(status)
    expect(finished.peakMb).toBeLessThan(MOST_MB)
    expect(finished.stdout).toContain('fine')
    return finished
  }

  test.for<[name: string, script: string, format: 'lines' | 'json']>([
    ['a flood of lines', 'yes "$(head -c 99 /dev/zero | tr "\\0" x)" | head -c 400000000', 'lines'],
    ['a flood on stderr', 'yes | head -c 100000000 >&2', 'json'],
    ['one line of 200 MB', 'head -c 200000000 /dev/zero | tr "\\0" x', 'lines'],
    ['one line of 200 MB, as JSON', 'head -c 200000000 /dev/zero | tr "\\0" x', 'json'],
    ['binary', 'head -c 20000000 /dev/urandom', 'lines'],
  ])('%s takes bounded memory', async ([, script, format]) => {
    await onSickHost(script, format)
  })

  test('nothing that a terminal would obey reaches it', async () => {
    const evil = String.raw`\033[31mred\033]0;title\007\r\b\302\233 \342\200\256rtl \377\376`
    const script = `printf '${evil}\\n'; printf '${evil}' >&2; exit 3`
    const lines = await onSickHost(script, 'lines', 1)
    expect(lines.stdout + lines.stderr).not.toMatch(RAW)
    expect(lines.stdout).toContain(String.raw`sick │ \x1b[31mred\x1b]0;title\x07`)
    expect(lines.stderr).toContain('exit status 3')
    const json = await onSickHost(script, 'json', 1)
    expect(json.stdout).not.toMatch(RAW)
    const texts = eventsOf(json).filter(event => event.host === 'sick' && event.event === 'node_output')
    expect(texts.map(event => event.text).join('')).toContain('\u001b[31mred\u001b]0;title\u0007\r\b')
  })

  test('a reader that goes away does not stop the run', async () => {
    const cwd = workFolder()
    const hosts = writeHosts(cwd, Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`h${n}`, good])))
    const made = join(cwd, 'made-')
    const local = hosts.map(word => `'${word}'`).join(' ')
    const bin = resolve(import.meta.dirname, '../../bin/drover.js')
    const script = `yes | head -c 1000000; touch ${made}$$`
    await chmod(cwd, 0o777)
    const line = `{ '${process.execPath}' '${bin}' run ${local} -g all -- '${script}'; echo $? >status; } | head -1`
    const child = spawn('/bin/sh', ['-c', line], { cwd, stdio: 'ignore' })
    await once(child, 'close')
    await expect.poll(() => readdirSync(cwd).filter(name => name.startsWith('made-')).length).toBe(20)
  })
})
