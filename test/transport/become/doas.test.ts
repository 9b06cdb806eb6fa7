import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startDropbear } from '../../sshd/dropbear.ts'
import { findProgram } from '../../sshd/programs.ts'
import { describeWith } from '../../sshd/requirements.ts'
import { addDoasRule } from '../../sshd/rights.ts'
import type { TestServer } from '../../sshd/server.ts'
import { startSshd } from '../../sshd/sshd.ts'
import { connect, failureOf, PASSWORD, runAs, testBecoming } from './sessions.ts'

const ROOT = { method: 'doas', user: 'root' } as const

const SERVERS: readonly (readonly [name: string, needs: string, start: () => Promise<TestServer>])[] = [
  ['sshd', 'sshd', () => startSshd({ account: { password: PASSWORD } })],
  [
    'sshd and fish',
    'fish',
    () => startSshd({ account: { password: PASSWORD, shell: findProgram('fish') ?? '' } }),
  ],
  [
    'sshd and csh',
    'csh',
    () => startSshd({ account: { password: PASSWORD, shell: findProgram('csh') ?? '' } }),
  ],
  ['dropbear', 'dropbear', () => startDropbear({ password: PASSWORD })],
]

for (const [name, needs, start] of SERVERS) {
  describeWith(['root', 'sshd', 'doas', 'script', needs], `doas over ${name}`, () => {
    let server: TestServer
    beforeAll(async () => {
      server = await start()
      writeFileSync(join(server.home, '.cshrc'), 'echo WELCOME\n')
    })
    afterAll(() => server.stop())

    describe('without a password', () => {
      beforeAll(() => addDoasRule(`permit nopass ${server.user}`))
      testBecoming(async () => ({ session: await connect(server), become: ROOT, home: '/root' }))
    })

    describe('with a password that nobody asks for', () => {
      testBecoming(async () => ({ session: await connect(server, PASSWORD), become: ROOT, home: '/root' }))
    })

    describe('with a password', () => {
      beforeAll(() => addDoasRule(`permit ${server.user}`))
      testBecoming(async () => ({ session: await connect(server, PASSWORD), become: ROOT, home: '/root' }))
    })

    test('a wrong password, which is not tried again', async () => {
      const session = await connect(server, 'wrong')
      const failure = await failureOf(session, ROOT)
      expect(failure).toMatchObject({
        code: 'become_password',
        message: `doas refused the password of ${server.user}`,
      })
      expect(await failureOf(session, ROOT)).toEqual(failure)
    })

    test('no password where one is wanted', async () => {
      expect(await failureOf(await connect(server), ROOT)).toMatchObject({
        code: 'become_password',
        message: `doas wants a password of ${server.user}, and none is given`,
      })
    })

    test('a user that does not exist', async () => {
      expect(await failureOf(await connect(server), { method: 'doas', user: 'no_such' })).toMatchObject({
        code: 'become_missing',
        message: 'doas knows no user no_such on the host',
      })
    })

    test('a rule for another user only', async () => {
      await addDoasRule(`deny ${server.user}`)
      await addDoasRule(`permit nopass ${server.user} as nobody`)
      const session = await connect(server)
      expect(await failureOf(session, ROOT)).toMatchObject({
        code: 'become_denied',
        message: `doas does not permit ${server.user} to become root`,
      })
      const ran = await runAs(session, { method: 'doas', user: 'nobody' }, 'id -un; pwd')
      expect(ran.stdout.toString()).toBe('nobody\n/\n')
    })
  })
}
