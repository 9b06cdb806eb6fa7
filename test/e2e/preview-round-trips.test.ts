import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { describeWith } from '../sshd/requirements.ts'
import type { TestServer } from '../sshd/server.ts'
import { startSshd } from '../sshd/sshd.ts'
import { drover } from './drover.ts'
import { verdictsOf } from './verdicts.ts'
import { workFolder, writeHosts, writePlaybook } from './work-folder.ts'

const PUTS = Array.from(
  { length: 10 },
  (_, n) => `  - { id: put${n}, put: { content: x, dest: f${n} } }\n`,
).join('')

const GUARDED = Array.from(
  { length: 5 },
  (_, n) => `  - { id: run${n}, run: touch g${n}, creates: g${n}, writes: g${n} }\n`,
).join('')

vi.setConfig({ testTimeout: 240_000 })

describeWith(['root', 'sshd'], 'what OpenSSH is asked for by a preview', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startSshd({ account: {}, config: ['LogLevel VERBOSE'] })
  })
  afterAll(() => server.stop())

  const commands = () => server.log().match(/Starting session: command/g)?.length ?? 0
  const logins = () => server.log().match(/Accepted publickey/g)?.length ?? 0

  /** How many commands and connections the preview of these steps takes, on one host. */
  async function askedFor(steps: string, cwd = workFolder()): Promise<readonly [number, number]> {
    const before = [commands(), logins()] as const
    const options = [...writeHosts(cwd, { h1: server }), '--format', 'json']
    const finished = await drover(['plan', writePlaybook(cwd, steps), ...options], { cwd })
    expect(finished.status, finished.stdout + finished.stderr).toBe(0)
    return [commands() - before[0], logins() - before[1]]
  }

  test('one command for all puts and guards; facts are one more, and so is a step that really runs', async () => {
    expect(await askedFor(PUTS + GUARDED)).toEqual([1, 1])
    const facts = '  - { id: known, run: "true", when: facts.cpus > 0, creates: / }\n'
    expect(await askedFor(PUTS + GUARDED + facts)).toEqual([2, 1])
    const reading = '  - { id: reads, run: uptime, read_only: true, needs: [] }\n'
    expect(await askedFor(reading + PUTS + GUARDED)).toEqual([2, 1])
    expect(await askedFor(reading + PUTS + GUARDED + facts)).toEqual([3, 1])
  })

  test('no command where only the answer of the host matters, and a second one only where contents are compared', async () => {
    expect(await askedFor('  - { id: a, run: "true" }\n  - { id: b, assert: host.name == "h1" }\n')).toEqual([
      0, 1,
    ])
    const cwd = workFolder()
    mkdirSync(join(cwd, 'tree'))
    writeFileSync(join(cwd, 'tree/a'), 'new')
    expect(await askedFor(`${PUTS}  - { id: tree, put: { src: tree, dest: tree } }\n`, cwd)).toEqual([1, 1])
    mkdirSync(join(server.home, 'tree'))
    writeFileSync(join(server.home, 'tree/a'), 'old')
    execFileSync('chown', ['-R', `${server.user}:`, server.home])
    expect(await askedFor(`${PUTS}  - { id: tree, put: { src: tree, dest: tree } }\n`, cwd)).toEqual([2, 1])
  })

  test('a host that is gone is said to be, and the others are previewed all the same', async () => {
    const cwd = workFolder()
    const hosts = writeHosts(cwd, { h1: server, gone: { host: '127.0.0.1', port: 1 } })
    const args = ['plan', writePlaybook(cwd, PUTS), ...hosts]
    const finished = await drover([...args, '--format', 'json'], { cwd })
    expect(finished.status).toBe(1)
    expect(verdictsOf(finished)).toMatchObject({
      'h1 put9': 'change',
      'gone put0': 'unknown: gone is unreachable',
    })
    const { stdout } = await drover(args, { cwd })
    expect(stdout).toMatch(/gone {2}unreachable: 127.0.0.1:1 refuses connections/)
    expect(stdout).toMatch(/Plan: 10 to change, 0 unchanged, 0 unknown, 1 unreachable/)
  })
})
