import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeWith } from '../sshd/requirements.ts'
import type { TestServer } from '../sshd/server.ts'
import { startSshd } from '../sshd/sshd.ts'
import { drover, outcomesOf } from './drover.ts'
import { workFolder, writeHosts, writePlaybook } from './work-folder.ts'

describeWith(['root', 'sshd'], 'what OpenSSH is asked for', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startSshd({ account: {}, config: ['LogLevel VERBOSE'] })
  })
  afterAll(() => server.stop())

  const commands = () => server.log().match(/Starting session: command/g)?.length ?? 0

  /** How many commands the server was sent for these steps, and how they ended. */
  async function sentFor(steps: string): Promise<readonly [sent: number, outcomes: readonly unknown[]]> {
    const cwd = workFolder()
    const before = commands()
    const options = [...writeHosts(cwd, { h1: server }), '--format', 'json']
    const finished = await drover(['apply', writePlaybook(cwd, steps), ...options], { cwd })
    expect(finished.status, finished.stderr).toBe(0)
    return [commands() - before, Object.values(outcomesOf(finished))]
  }

  test('one command a step, and one that gives the host back; facts are one more, and only where a step that runs refers to them', async () => {
    const plain = `  - { id: a, run: "true" }
  - { id: b, run: "true", creates: / }
  - { id: c, run: "true", unless: test -e /, only_if: test -e /, removes: /gone }
`
    expect(await sentFor(plain)).toEqual([4, ['changed', 'ok', 'ok']])
    const facts = `${plain}  - { id: d, run: "echo \${{ facts.os.id }} \${{ facts.ips }} \${{ facts.memory_mb }}" }
  - { id: e, when: facts.cpus > 0, assert: facts.arch != "" }
`
    expect((await sentFor(facts))[0]).toBe(6)
  })

  /** How many commands the server was sent for a preview of these steps, and its last line. */
  async function askedFor(steps: string): Promise<readonly [sent: number, summary: string | undefined]> {
    const cwd = workFolder()
    const before = commands()
    const finished = await drover(['plan', writePlaybook(cwd, steps), ...writeHosts(cwd, { h1: server })], {
      cwd,
    })
    expect(finished.status, finished.stderr).toBe(0)
    return [commands() - before, finished.stdout.trimEnd().split('\n').at(-1)]
  }

  test('a preview asks of all puts and guards at once', async () => {
    const steps = Array.from(
      { length: 10 },
      (_, at) => `  - { put: { content: "${at}", dest: file${at} } }
  - { run: "make ${at}", creates: /there/${at}, unless: test -e /there/${at}, writes: [/there/${at}] }
`,
    )
    expect(await askedFor(steps.join(''))).toEqual([1, expect.stringContaining('20 to change')])
  })

  test('nothing is sent for what is skipped, looked at here, or waited for', async () => {
    const steps = `  - { id: a, when: host.name == "other", run: "true" }
  - { id: b, assert: host.name == "h1" }
  - { id: c, pause: 10ms }
`
    expect(await sentFor(steps)).toEqual([0, ['skipped', 'ok', 'ok']])
  })
})
