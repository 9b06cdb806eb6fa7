import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLocalTransport } from '../../src/transport/local.ts'
import { createSshTransport } from '../../src/transport/ssh/ssh-transport.ts'
import type { Session } from '../../src/transport/transport.ts'
import { startDropbear } from '../sshd/dropbear.ts'
import { describeWith } from '../sshd/requirements.ts'
import type { TestServer } from '../sshd/server.ts'
import { startSshd } from '../sshd/sshd.ts'
import { OK, runExec, sessionOf, startExec, targetOf } from './run-exec.ts'
import { processesNaming, uniqueSeconds, untilGone } from './step-processes.ts'

interface Way {
  readonly name: string
  readonly needs: Parameters<typeof describeWith>[0]
  readonly start: () => Promise<TestServer | undefined>
}

const WAYS: readonly Way[] = [
  { name: 'sshd', needs: ['root', 'sshd'], start: () => startSshd({ account: {} }) },
  { name: 'dropbear', needs: ['root', 'dropbear'], start: () => startDropbear() },
  { name: 'this machine', needs: [], start: () => Promise.resolve(undefined) },
]

for (const { name, needs, start } of WAYS) {
  describeWith(needs, `what a detached step starts, over ${name}`, () => {
    let server: TestServer | undefined
    beforeAll(async () => {
      server = await start()
    })
    afterAll(() => server?.stop())

    async function connect(): Promise<Session> {
      const { signal } = new AbortController()
      if (server === undefined)
        return sessionOf(
          await createLocalTransport().connect(
            {
              host: 'here',
              connection: { transport: 'local', address: 'x', port: 22, user: 'x', keys: [] },
            },
            signal,
          ),
        )
      const transport = createSshTransport({
        policy: 'strict',
        knownHosts: server.knownHosts,
        home: server.home,
      })
      return sessionOf(await transport.connect(targetOf(server), signal))
    }

    /** It still runs a while later; then it is ended. */
    async function lives(seconds: string): Promise<boolean> {
      await sleep(500)
      const found = processesNaming(seconds)
      for (const pid of found) process.kill(pid, 'SIGKILL')
      await untilGone(seconds)
      return found.length > 0
    }

    const script = (seconds: string) =>
      `sleep ${seconds} >/dev/null 2>&1 & echo up; sleep ${seconds}; echo over`

    test('goes on when the step is stopped, at once', async () => {
      const session = await connect()
      for (const reason of ['cancel', 'timeout', 'now'] as const) {
        const seconds = uniqueSeconds()
        const exec = await startExec(session, script(seconds), { detach: true })
        exec.stop(reason)
        expect(await exec.done).toEqual({ kind: 'stopped', reason, confirmed: false })
        expect(await lives(seconds)).toBe(true)
      }
      session.end()
    })

    test('goes on when the link is gone', async () => {
      const session = await connect()
      const seconds = uniqueSeconds()
      const exec = await startExec(session, script(seconds), { detach: true })
      session.end()
      expect(await exec.done).toMatchObject({ kind: 'lost' })
      expect(await lives(seconds)).toBe(true)
    })

    test('has its input, and goes on when the step has ended', async () => {
      const session = await connect()
      const seconds = uniqueSeconds()
      const text = `read -r a; echo $a; sleep ${seconds} >/dev/null 2>&1 &`
      const stdin = { kind: 'text', text: 'some text\n' } as const
      const ran = await runExec(session, text, { detach: true, stdin })
      expect([ran.end, ran.stdout.toString()]).toEqual([OK, 'some text\n'])
      session.end()
      await session.closed
      expect(await lives(seconds)).toBe(true)
    })

    test('ends with its link where the step is not detached', async () => {
      const session = await connect()
      const seconds = uniqueSeconds()
      await startExec(session, script(seconds))
      session.end()
      await untilGone(seconds)
    })
  })
}
