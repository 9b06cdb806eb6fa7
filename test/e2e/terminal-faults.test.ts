import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { chmod } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { describeWith } from '../sshd/requirements.ts'
import type { TestServer } from '../sshd/server.ts'
import { startSshd } from '../sshd/sshd.ts'
import { uniqueSeconds, untilGone } from '../transport/step-processes.ts'
import { openTerminal } from './terminal.ts'
import { workFolder, writeHosts, writePlaybook } from './work-folder.ts'

const BIN = resolve(import.meta.dirname, '../../bin/drover.js')

describeWith(['root', 'sshd'], 'whoever should read or write is gone', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startSshd({ account: {} })
  })
  afterAll(() => server.stop())

  /** A folder that the hosts may write in, with an inventory of six names. */
  async function sixHosts() {
    const cwd = workFolder()
    await chmod(cwd, 0o777)
    const names = Array.from({ length: 6 }, (_, at) => `h${at + 1}`)
    return { cwd, options: writeHosts(cwd, Object.fromEntries(names.map(name => [name, server]))) }
  }

  describe('streams that are closed', () => {
    /** Applies two steps, with a shell's redirections after the command; gives drover's own exit status. */
    async function applyWith(redirection: string, last = 'true'): Promise<{ status: string; made: number }> {
      const { cwd, options } = await sixHosts()
      const made = join(cwd, 'made-')
      const play = writePlaybook(
        cwd,
        `  - { id: speak, run: "yes | head -c 200000" }
  - { id: make, run: "touch ${made}\${{ host.name }}; ${last}" }
`,
      )
      const words = ['apply', play, ...options, '--yes', '-v'].map(word => `'${word}'`).join(' ')
      const line = `{ '${process.execPath}' '${BIN}' ${words}; echo $? >status; } ${redirection}`
      const child = spawn('/bin/sh', ['-c', line], { cwd, stdio: 'ignore' })
      await once(child, 'close')
      await expect.poll(() => existsSync(join(cwd, 'status')), { timeout: 30_000 }).toBe(true)
      await expect.poll(() => readFileSync(join(cwd, 'status'), 'utf8')).toMatch(/\n/)
      const count = readdirSync(cwd).filter(name => name.startsWith('made-')).length
      return { status: readFileSync(join(cwd, 'status'), 'utf8').trim(), made: count }
    }

    test.for([
      ['a reader of stdout that goes away', '| head -1'],
      ['a reader of both that goes away', '2>&1 | head -1'],
      ['no stdout', '>&-'],
      ['neither stdout nor stderr', '>&- 2>&-'],
      ['no stdin', '<&-'],
      ['no stream at all', '<&- >&- 2>&-'],
    ] as const)('%s: the run goes on to its end', async ([, redirection]) => {
      expect(await applyWith(redirection)).toEqual({ status: '0', made: 6 })
    })

    test('the exit status is that of the run', async () => {
      expect(await applyWith('| head -1', 'exit 3')).toEqual({ status: '1', made: 6 })
    })
  })

  test('a reader that has stopped holds output back, and Ctrl-C twice ends at once', async () => {
    const { cwd, options } = await sixHosts()
    const seconds = uniqueSeconds()
    const script = `touch ${cwd}/up; yes & sleep ${seconds}`
    const args = ['run', ...options, '-g', 'all', '--', script]
    const env = { PATH: process.env.PATH, HOME: cwd }
    const child = spawn(process.execPath, [BIN, ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
    onTestFinished(() => void child.kill('SIGKILL'))
    await expect.poll(() => existsSync(join(cwd, 'up')), { timeout: 20_000 }).toBe(true)
    // So much that it fills the pipe.
    await expect.poll(() => child.stdout.readableLength, { timeout: 20_000 }).toBeGreaterThan(0)
    const exited = once(child, 'exit')
    child.kill('SIGINT')
    await sleep(200)
    const since = performance.now()
    child.kill('SIGINT')
    expect((await exited)[0]).toBe(130)
    expect(performance.now() - since).toBeLessThan(8000)
    await untilGone(seconds)
  })

  describeWith(['tmux'], 'a terminal', () => {
    /** Rows for six hosts, the last of which take long. */
    async function begin(script: (seconds: string) => string) {
      const { cwd, options } = await sixHosts()
      const seconds = uniqueSeconds()
      const play = writePlaybook(cwd, `  - { id: work, run: "${script(seconds)}" }\n`)
      const terminal = openTerminal(['apply', play, ...options, '--yes'], {
        cwd,
        columns: 100,
        rows: 24,
      })
      return { terminal, seconds }
    }

    test('that is closed ends the run in order, and leaves nothing on the hosts', async () => {
      const { terminal, seconds } = await begin(s => `echo up; sleep ${s}`)
      await terminal.until(/▸ h6.*up/)
      terminal.close()
      expect(await terminal.status()).toBe(130)
      await untilGone(seconds)
    })

    test('that gets narrower, wider, lower and higher shows each host once, and nothing else', async () => {
      const { terminal } = await begin(
        () => 'n=0; while :; do n=$((n+1)); echo line $n of many words; sleep 0.2; done',
      )
      await terminal.until(/▸ h6.*line/)
      for (const [columns, rows] of [
        [50, 24],
        [120, 30],
        [80, 8],
        [40, 12],
        [100, 24],
      ] as const) {
        terminal.resize(columns, rows)
        const expected = Math.min(6, rows - 2)
        await expect
          .poll(
            () =>
              terminal
                .screen()
                .split('\n')
                .filter(line => /^▸ h\d/.test(line)).length,
            { timeout: 10_000 },
          )
          .toBe(expected)
        await sleep(300)
        const lines = terminal
          .screen()
          .split('\n')
          .filter(line => line !== '')
        expect(lines.filter(line => /^▸ h\d/.test(line))).toHaveLength(expected)
        expect(lines.filter(line => !/^▸ h\d|^\S 0 ok, 6 running of 6/.test(line))).toEqual([])
      }
      terminal.press('C-c')
      expect(await terminal.status()).toBe(130)
      // What a lower window pushed out of it is beyond reach.
      expect(terminal.screen()).not.toContain('▸')
      expect(terminal.screen().match(/Interrupted: 6 steps that ran were ended/g)).toHaveLength(1)
    })
  })
})
