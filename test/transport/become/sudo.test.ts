import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startDropbear } from '../../sshd/dropbear.ts'
import { findProgram } from '../../sshd/programs.ts'
import { describeWith } from '../../sshd/requirements.ts'
import { setSudoers } from '../../sshd/rights.ts'
import type { TestServer } from '../../sshd/server.ts'
import { startSshd } from '../../sshd/sshd.ts'
import { connect, failureOf, PASSWORD, runAs, testBecoming } from './sessions.ts'

const ROOT = { method: 'sudo', user: 'root' } as const

const SERVERS: readonly (readonly [name: string, needs: string, start: () => Promise<TestServer>])[] = [
  ['sshd', 'sshd', () => startSshd({ account: { password: PASSWORD } })],
  ...['fish', 'csh', 'zsh'].map(shell => {
    const account = () => ({ password: PASSWORD, shell: findProgram(shell) ?? shell })
    return [`sshd and ${shell}`, shell, () => startSshd({ account: account() })] as const
  }),
  ['dropbear', 'dropbear', () => startDropbear({ password: PASSWORD })],
]

for (const [name, needs, start] of SERVERS) {
  describeWith(['root', 'sshd', 'sudo', needs], `sudo over ${name}`, () => {
    let server: TestServer
    beforeAll(async () => {
      server = await start()
      for (const file of ['.bashrc', '.zshenv', '.cshrc'])
        writeFileSync(join(server.home, file), 'echo WELCOME; echo "Password: " > /dev/stderr\n')
    })
    afterAll(() => server.stop())

    describe('without a password', () => {
      beforeEach(() => setSudoers(server.user, [`${server.user} ALL=(ALL) NOPASSWD: ALL`]))
      testBecoming(async () => ({ session: await connect(server), become: ROOT, home: '/root' }))
    })

    describe('with a password that nobody asks for', () => {
      beforeEach(() => setSudoers(server.user, [`${server.user} ALL=(ALL) NOPASSWD: ALL`]))
      testBecoming(async () => ({ session: await connect(server, PASSWORD), become: ROOT, home: '/root' }))
    })

    describe('with a password', () => {
      beforeEach(() => setSudoers(server.user, [`${server.user} ALL=(ALL) ALL`]))
      testBecoming(async () => ({ session: await connect(server, PASSWORD), become: ROOT, home: '/root' }))
    })
  })
}

describeWith(['root', 'sshd', 'sudo'], 'what sudo refuses', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startSshd({ account: { password: PASSWORD } })
  })
  afterAll(() => server.stop())
  const allow = (...lines: string[]) => setSudoers(server.user, lines)
  const all = () => `${server.user} ALL=(ALL) ALL`

  test('a wrong password, which is not tried again', async () => {
    allow(all())
    const session = await connect(server, 'wrong')
    const failure = await failureOf(session, ROOT)
    expect(failure).toMatchObject({
      code: 'become_password',
      message: `sudo refused the password of ${server.user}`,
    })
    expect(await failureOf(session, ROOT)).toEqual(failure)
    expect((await runAs(session, { ...ROOT, user: server.user }, 'id -un')).stdout.toString()).toBe(
      `${server.user}\n`,
    )
  })

  test('no password where one is wanted', async () => {
    allow(all())
    expect(await failureOf(await connect(server), ROOT)).toMatchObject({
      code: 'become_password',
      message: `sudo wants a password of ${server.user}, and none is given`,
      hint: expect.stringContaining('-K'),
    })
  })

  test('a login without any right', async () => {
    allow('# nothing')
    expect(await failureOf(await connect(server, PASSWORD), ROOT)).toMatchObject({
      code: 'become_denied',
      message: `${server.user} is not in the sudoers of the host`,
    })
  })

  test('a login that may run single commands only', async () => {
    allow(`${server.user} ALL=(ALL) /bin/ls`)
    expect(await failureOf(await connect(server, PASSWORD), ROOT)).toMatchObject({
      code: 'become_denied',
      message: `sudo does not let ${server.user} run /bin/sh as root`,
    })
  })

  test('a login that must have a terminal', async () => {
    allow(`Defaults:${server.user} requiretty`, `${server.user} ALL=(ALL) NOPASSWD: ALL`)
    for (const password of [undefined, PASSWORD]) {
      expect(await failureOf(await connect(server, password), ROOT)).toMatchObject({
        code: 'become_denied',
        message: 'sudo wants a terminal there',
      })
    }
  })

  test('a user that does not exist', async () => {
    allow(`${server.user} ALL=(ALL) NOPASSWD: ALL`)
    expect(await failureOf(await connect(server), { method: 'sudo', user: 'no_such' })).toMatchObject({
      code: 'become_missing',
      message: 'sudo knows no user no_such on the host',
    })
  })

  test.each(['-u', "a'b", 'a b', 'a\nb', '$(id)', '', '!x', 'a;b', '#0', '~', 'a\\b'])(
    'the user %j',
    async user => {
      allow(`${server.user} ALL=(ALL) NOPASSWD: ALL`)
      expect((await failureOf(await connect(server), { method: 'sudo', user })).code).toBe('step_render')
    },
  )

  test('a host without sudo', async () => {
    const bare = await startSshd({ account: { shell: '/bin/bash' } })
    try {
      writeFileSync(join(bare.home, '.bashrc'), 'PATH=/nonexistent\n')
      for (const method of ['sudo', 'doas', 'su'] as const) {
        expect(await failureOf(await connect(bare), { method, user: 'root' })).toMatchObject({
          code: 'become_missing',
          message: `there is no ${method} on the host, or not in the PATH of the login`,
        })
      }
    } finally {
      await bare.stop()
    }
  })
})

describeWith(['root', 'sshd', 'sudo'], 'sudo with odd settings', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startSshd({ account: { password: PASSWORD } })
  })
  afterAll(() => server.stop())

  test.each([
    ['a PATH without setsid', 'secure_path=/nonexistent'],
    ['a terminal of its own', 'use_pty'],
    ['a lecture', 'lecture=always'],
    ['the environment kept', '!env_reset'],
    ['a prompt of its own', 'passprompt="Sesame: "'],
    ['its log of output', 'log_output, iolog_dir=HOME/io'],
  ])('%s', async (_name, setting) => {
    setSudoers(server.user, [
      `Defaults:${server.user} ${setting.replace('HOME', server.home)}`,
      `${server.user} ALL=(ALL) ALL`,
    ])
    const session = await connect(server, PASSWORD)
    for (let i = 0; i < 2; i++) {
      const ran = await runAs(session, ROOT, 'echo "$USER${SUDO_PROMPT-}"; echo err >&2; exit 3')
      expect([ran.end, ran.stdout.toString(), ran.stderr.toString()]).toEqual([
        { kind: 'exit', code: 3 },
        setting === '!env_reset' ? expect.any(String) : 'root\n',
        'err\n',
      ])
    }
  })

  test('rights that change between two steps', async () => {
    const session = await connect(server, PASSWORD)
    for (const rights of ['NOPASSWD: ALL', 'ALL', 'NOPASSWD: ALL', 'ALL', 'ALL', 'ALL']) {
      setSudoers(server.user, [`${server.user} ALL=(ALL) ${rights}`])
      expect((await runAs(session, ROOT, 'id -un')).stdout.toString()).toBe('root\n')
    }
  })

  test('a user who is not root, and many steps at once', async () => {
    setSudoers(server.user, [`${server.user} ALL=(nobody) ALL`])
    const session = await connect(server, PASSWORD)
    const users = Array.from({ length: 10 }, () =>
      runAs(session, { method: 'sudo', user: 'nobody' }, 'id -un'),
    )
    for (const { stdout } of await Promise.all(users)) expect(stdout.toString()).toBe('nobody\n')
  })
})

describeWith(['root', 'sshd', 'bash'], 'a sudo that counts', () => {
  test('a wrong password is tried once, by however many steps at once', async () => {
    const server = await startSshd({ account: { shell: '/bin/bash' } })
    try {
      const sudo = join(server.home, 'sudo')
      const refuse = 'printf "Sorry, try again.\\n%s" "$SUDO_PROMPT" >&2; read again; exit 1'
      const ask = 'echo tried >>~/tries; printf %s "$SUDO_PROMPT" >&2; read password; sleep 0.2'
      writeFileSync(sudo, `#!/bin/sh\n${ask}\n${refuse}\n`, { mode: 0o755 })
      writeFileSync(join(server.home, '.bashrc'), 'PATH=$HOME:$PATH\n')
      chmodSync(server.home, 0o777)
      const session = await connect(server, 'wrong')
      const failures = await Promise.all(Array.from({ length: 8 }, () => failureOf(session, ROOT)))
      expect(new Set(failures.map(({ code }) => code))).toEqual(new Set(['become_password']))
      expect(readFileSync(join(server.home, 'tries'), 'utf8')).toBe('tried\n')
    } finally {
      await server.stop()
    }
  })
})
