import { randomBytes } from 'node:crypto'
import { expect, onTestFinished, test } from 'vitest'
import type { Become } from '../../../src/model/action.ts'
import { Secret } from '../../../src/model/secret.ts'
import { createSshTransport } from '../../../src/transport/ssh/ssh-transport.ts'
import type { ExecRequest, Session } from '../../../src/transport/transport.ts'
import type { TestServer } from '../../sshd/server.ts'
import { OK, type Ran, runExec, sessionOf, startExec, targetOf } from '../run-exec.ts'
import { processesNaming, uniqueSeconds, untilGone } from '../step-processes.ts'

/** Has what shells, terminals and quoting make trouble with, and is no other test's. */
export const PASSWORD = `Pw-${randomBytes(6).toString('hex')} '"\\$x#!`

/** A session for one test, with a password to become others or without. */
export async function connect(server: TestServer, password?: string): Promise<Session> {
  const options = { policy: 'strict', knownHosts: server.knownHosts, home: '/nonexistent' } as const
  const become = { always: false, ...(password === undefined ? {} : { password: new Secret(password) }) }
  const target = targetOf(server, { become })
  const session = sessionOf(await createSshTransport(options).connect(target, new AbortController().signal))
  onTestFinished(() => session.end())
  return session
}

export async function runAs(
  session: Session,
  become: Become,
  script: string,
  more: Partial<ExecRequest> = {},
): Promise<Ran> {
  return runExec(session, script, { become, ...more })
}

/** Why a step did not run. */
export async function failureOf(session: Session, become: Become) {
  const { end, stdout } = await runAs(session, become, 'echo ran')
  expect(stdout.toString()).toBe('')
  if (end.kind !== 'unsent') throw new Error(`it ended with ${JSON.stringify(end)}`)
  return end.failure
}

/** What holds for each way to become another user, once it works. */
export function testBecoming(open: () => Promise<{ session: Session; become: Become; home: string }>): void {
  test('output, input, status and surroundings are those of the user', async () => {
    const { session, become, home } = await open()
    for (let i = 0; i < 3; i++) {
      const script = 'id -un; pwd; echo "$0 $# ${HOME} ${LC_ALL-} ${SUDO_PROMPT-}"; cat; echo err >&2; exit 3'
      const stdin = { kind: 'text', text: 'in ü\n$x' } as const
      const ran = await runAs(session, become, script, { stdin, env: [['X', `it's\n"`]] })
      expect([ran.end, ran.stdout.toString(), ran.stderr.toString()]).toEqual([
        { kind: 'exit', code: 3 },
        `${become.user}\n${home}\n/bin/sh 0 ${home}  \nin ü\n$x`,
        'err\n',
      ])
    }
  })

  test('bytes arrive as they are, both ways', async () => {
    const { session, become } = await open()
    const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, index) => (index * 7) % 256))
    const received: Buffer[] = []
    const exec = session.exec(
      { script: 'cat; echo err >&2', env: [], stdin: { kind: 'stream' }, become },
      { onStdout: chunk => void received.push(chunk), onStderr: () => {} },
    )
    await exec.write(bytes)
    exec.end()
    expect(await exec.done).toEqual(OK)
    expect(Buffer.concat(received).equals(bytes)).toBe(true)
  })

  test.each(['empty', 'stream'] as const)('a stopped step leaves no process (%s input)', async kind => {
    const { session, become } = await open()
    const seconds = uniqueSeconds()
    const script = `echo started; sleep ${seconds} & sleep ${seconds}`
    const exec = await startExec(session, script, { stdin: { kind }, become })
    expect(processesNaming(PASSWORD)).toEqual([])
    exec.stop('timeout')
    expect(await exec.done).toEqual({ kind: 'stopped', reason: 'timeout', confirmed: true })
    await untilGone(seconds)
  })

  test('a step that takes no TERM is killed', async () => {
    const { session, become } = await open()
    const seconds = uniqueSeconds()
    const exec = await startExec(session, `trap '' TERM; echo started; sleep ${seconds}; sleep ${seconds}`, {
      become,
    })
    exec.stop('now')
    expect((await exec.done).kind).toBe('stopped')
    await untilGone(seconds)
  })

  test('a link that is lost ends the step', async () => {
    const { session, become } = await open()
    const seconds = uniqueSeconds()
    const exec = await startExec(session, `echo started; sleep ${seconds}; sleep ${seconds}`, { become })
    session.end()
    expect((await exec.done).kind).toBe('lost')
    await untilGone(seconds)
  })
}
