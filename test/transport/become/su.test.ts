import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createLocalTransport } from '../../../src/transport/local.ts'
import { findProgram } from '../../sshd/programs.ts'
import { describeWith } from '../../sshd/requirements.ts'
import { addDoasRule } from '../../sshd/rights.ts'
import type { TestServer } from '../../sshd/server.ts'
import { startSshd } from '../../sshd/sshd.ts'
import { sessionOf } from '../run-exec.ts'
import { connect, failureOf, PASSWORD, testBecoming } from './sessions.ts'

describeWith(['root', 'sshd', 'su', 'fish'], 'su over sshd', () => {
  let server: TestServer
  /** Whom the login of `server` becomes. */
  let other: TestServer
  let root: TestServer
  beforeAll(async () => {
    server = await startSshd({ account: {} })
    other = await startSshd({ account: { password: PASSWORD, shell: findProgram('fish') ?? '' } })
    root = await startSshd()
  })
  afterAll(async () => {
    await Promise.all([server.stop(), other.stop(), root.stop()])
  })

  const become = () => ({ method: 'su', user: other.user }) as const

  describe('with a password', () => {
    testBecoming(async () => ({
      session: await connect(server, PASSWORD),
      become: become(),
      home: other.home,
    }))
  })

  describe('from root, who needs none', () => {
    testBecoming(async () => ({ session: await connect(root), become: become(), home: other.home }))
  })

  describe('from root, with a password that nobody asks for', () => {
    testBecoming(async () => ({ session: await connect(root, PASSWORD), become: become(), home: other.home }))
  })

  test('a wrong password, which is not tried again', async () => {
    const session = await connect(server, 'wrong')
    const failure = await failureOf(session, become())
    expect(failure).toMatchObject({
      code: 'become_password',
      message: `su refused the password of ${other.user}`,
    })
    expect(await failureOf(session, become())).toEqual(failure)
  })

  test('no password where one is wanted', async () => {
    expect(await failureOf(await connect(server), become())).toMatchObject({
      code: 'become_password',
      message: `su wants a password of ${other.user}, and none is given`,
    })
  })

  test('a user that does not exist', async () => {
    for (const password of [undefined, PASSWORD]) {
      const failure = await failureOf(await connect(server, password), { method: 'su', user: 'no_such' })
      expect(failure).toMatchObject({
        code: 'become_missing',
        message: 'su knows no user no_such on the host',
      })
    }
  })

  for (const method of ['su', 'sudo', 'doas'] as const) {
    describeWith([method], `${method} on this machine`, () => {
      beforeAll(() => addDoasRule(`permit nopass root as ${other.user}`))
      testBecoming(async () => {
        const connection = { transport: 'local', address: 'here', port: 22, user: 'me', keys: [] } as const
        const target = { host: 'here', connection }
        const session = sessionOf(await createLocalTransport().connect(target, new AbortController().signal))
        return { session, become: { method, user: other.user }, home: other.home }
      })
    })
  }
})
