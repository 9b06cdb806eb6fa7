import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventsOf } from '../../e2e/drover.ts'
import { workFolder } from '../../e2e/work-folder.ts'
import { describeWith } from '../../sshd/requirements.ts'
import type { TestServer } from '../../sshd/server.ts'
import { startSshd } from '../../sshd/sshd.ts'
import { nodesThat, runExample } from '../example.ts'
import { told } from '../settle.ts'

describeWith(['root', 'sshd'], 'the example of log collection', () => {
  let one: TestServer
  let two: TestServer
  beforeAll(async () => {
    ;[one, two] = await Promise.all([startSshd({ account: {} }), startSshd({ account: {} })])
    for (const { home } of [one, two]) {
      mkdirSync(join(home, 'log'))
      chmodSync(join(home, 'log'), 0o755)
      for (const name of ['a.log', 'b.log']) writeFileSync(join(home, 'log', name), `${name} of ${home}`)
    }
    writeFileSync(join(one.home, 'only here'), 'rare')
  })
  afterAll(async () => {
    await Promise.all([one.stop(), two.stop()])
  })

  function collect(into: string, logs: readonly string[], ...args: string[]) {
    const hosts = { h1: one, h2: two, gone: { ...one, port: 1 } }
    return runExample('apply', { cwd: into, file: 'collect-logs.yml', hosts, vars: { into, logs } }, ...args)
  }

  test('every host shows its state and gives its logs; nothing is changed, now or the second time', async () => {
    const into = workFolder()
    for (const time of ['first', 'second']) {
      const finished = await collect(into, ['log/*.log', 'log'], '-l', 'h1,h2')
      expect(finished.status, `${time}: ${told(finished)}`).toBe(0)
      expect(nodesThat('changed', finished)).toEqual([])
      const shown = eventsOf(finished).filter(
        ({ event, step }) => event === 'node_output' && step === 'state',
      )
      expect(shown.map(({ text }) => text).join('')).toMatch(/load average[\s\S]*Filesystem/)
    }
    expect(readFileSync(join(into, 'h2/b.log'), 'utf8')).toBe(`b.log of ${two.home}`)
    expect(readFileSync(join(into, 'h1/log/a.log'), 'utf8')).toBe(`a.log of ${one.home}`)
  })

  test('what a host lacks, and a host that is gone, keep nobody from the rest; the exit status tells', async () => {
    const into = workFolder()
    const finished = await collect(into, ['only here', 'log/a.log'])
    expect(finished.status).toBe(1)
    expect(nodesThat('failed', finished)).toEqual(['h2 logs[0]'])
    expect(readFileSync(join(into, 'h1/only here'), 'utf8')).toBe('rare')
    expect(existsSync(join(into, 'h2/a.log'))).toBe(true)
    expect(nodesThat('unreachable', finished).length).toBeGreaterThan(0)
  })
})
