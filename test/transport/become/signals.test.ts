import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeWith } from '../../sshd/requirements.ts'
import { addDoasRule, setSudoers } from '../../sshd/rights.ts'
import type { TestServer } from '../../sshd/server.ts'
import { startSshd } from '../../sshd/sshd.ts'
import { startExec } from '../run-exec.ts'
import { uniqueSeconds, untilGone } from '../step-processes.ts'
import { connect, PASSWORD, runAs } from './sessions.ts'

describeWith(
  ['root', 'sshd', 'sudo', 'doas', 'script'],
  'steps as another user, over one channel only',
  () => {
    let server: TestServer
    beforeAll(async () => {
      server = await startSshd({ account: { password: PASSWORD }, maxSessions: 1 })
      setSudoers(server.user, [`${server.user} ALL=(ALL) ALL`])
      await addDoasRule(`permit ${server.user}`)
    })
    afterAll(() => server.stop())

    test('a signal is told as the method tells it', async () => {
      const session = await connect(server, PASSWORD)
      const end = async (method: 'sudo' | 'doas') =>
        (await runAs(session, { method, user: 'root' }, 'kill -9 $$')).end
      expect(await end('sudo')).toEqual({ kind: 'signal', signal: 'SIGKILL' })
      expect(await end('doas')).toEqual({ kind: 'exit', code: 137 })
    })

    test.each(['sudo', 'doas'] as const)(
      '%s: a stopped step that reads a stream leaves no process',
      async method => {
        const session = await connect(server, PASSWORD)
        const become = { method, user: 'root' }
        const seconds = uniqueSeconds()
        const exec = await startExec(session, `(sleep ${seconds}) & echo up; cat; kill $!`, {
          stdin: { kind: 'stream' },
          become,
        })
        exec.stop('cancel')
        expect((await exec.done).kind).toBe('stopped')
        await untilGone(seconds)
        expect((await runAs(session, become, 'id -un')).stdout.toString()).toBe('root\n')
      },
    )
  },
)
