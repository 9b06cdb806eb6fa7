import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ssh2 from 'ssh2'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { Failure } from '../../../src/model/errors.ts'
import { LIMITS } from '../../../src/model/limits.ts'
import { Secret } from '../../../src/model/secret.ts'
import { createSshTransport, type SshOptions } from '../../../src/transport/ssh/ssh-transport.ts'
import type { Target } from '../../../src/transport/transport.ts'
import { withAgent } from '../../sshd/agent.ts'
import { makeKey } from '../../sshd/keys.ts'
import { describeWith } from '../../sshd/requirements.ts'
import type { TestServer } from '../../sshd/server.ts'
import { startSshd } from '../../sshd/sshd.ts'
import { OK, runExec, targetOf } from '../run-exec.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'drover-login-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** Logs in, runs something to be sure, and says what came of it. */
async function logIn(
  server: TestServer,
  connection: Partial<Target['connection']> = {},
  options: Partial<SshOptions> = {},
): Promise<Failure | 'in'> {
  const transport = createSshTransport({
    policy: 'strict',
    knownHosts: server.knownHosts,
    home: folder,
    ...options,
  })
  const session = await transport.connect(targetOf(server, connection), new AbortController().signal)
  if ('code' in session) return session
  expect((await runExec(session, 'true')).end).toEqual(OK)
  session.end()
  return 'in'
}

describeWith(['sshd', 'ssh-keygen'], 'login by key', () => {
  test.each(['ed25519', 'ecdsa', 'rsa'] as const)('%s', async type => {
    const server = await startSshd({ userKey: { type } })
    try {
      expect(await logIn(server)).toBe('in')
      // One message for the key: the server is not asked first whether it would take it.
      expect(server.log()).not.toMatch(/Postponed publickey/)
    } finally {
      await server.stop()
    }
  })

  test('a protected key opens with its passphrase only', async () => {
    const server = await startSshd({ userKey: { type: 'ed25519', passphrase: 'open sesame' } })
    try {
      expect(await logIn(server, { passphrase: new Secret('open sesame') })).toBe('in')
      expect(await logIn(server)).toMatchObject({
        code: 'login_key',
        hint: expect.stringContaining('ssh-add'),
      })
      expect(await logIn(server, { passphrase: new Secret('wrong') })).toMatchObject({
        code: 'login_key',
        message: expect.stringMatching(/passphrase does not open/),
      })
    } finally {
      await server.stop()
    }
  })

  test('keys in PEM and PKCS#8, plain and protected', async () => {
    const server = await startSshd({ userKey: { type: 'rsa' } })
    try {
      for (const format of ['PEM', 'PKCS8']) {
        const file = join(folder, `key-${format}`)
        copyFileSync(server.privateKey, file)
        chmodSync(file, 0o600)
        execFileSync('ssh-keygen', ['-q', '-p', '-N', '', '-m', format, '-f', file], { stdio: 'pipe' })
        expect(await logIn(server, { keys: [file] })).toBe('in')
        execFileSync('ssh-keygen', ['-q', '-p', '-N', 'secret', '-m', format, '-f', file], { stdio: 'pipe' })
        expect(await logIn(server, { keys: [file], passphrase: new Secret('secret') })).toBe('in')
        expect(await logIn(server, { keys: [file] })).toMatchObject({ code: 'login_key' })
        expect(await logIn(server, { keys: [file], passphrase: new Secret('x') })).toMatchObject({
          code: 'login_key',
        })
      }
    } finally {
      await server.stop()
    }
  })

  describeWith(['ssh-agent', 'ssh-add'], 'and what else can be used', () => {
    let server: TestServer
    beforeAll(async () => {
      server = await startSshd()
    })
    afterAll(() => server.stop())

    test('an agent, for all keys or for one that is protected', async () => {
      await withAgent(folder, [server.privateKey], async agentSocket => {
        expect(await logIn(server, { keys: [] }, { agentSocket })).toBe('in')
        const locked = join(folder, 'locked')
        copyFileSync(server.privateKey, locked)
        chmodSync(locked, 0o600)
        execFileSync('ssh-keygen', ['-q', '-p', '-N', 'unknown', '-f', locked], { stdio: 'pipe' })
        expect(await logIn(server, { keys: [locked] }, { agentSocket })).toBe('in')
      })
    })

    test('an agent that does not answer holds a login no longer than its limit', async () => {
      const agent = createServer(() => {})
      const agentSocket = join(mkdtempSync(join(folder, 'agent-')), 'socket')
      await new Promise<void>(resolve => agent.listen(agentSocket, resolve))
      const asked = once(agent, 'connection')
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
      try {
        const result = logIn(server, { keys: [] }, { agentSocket })
        const [connection] = (await asked) as [Socket]
        vi.advanceTimersByTime(LIMITS.loginMs)
        expect(await result).toMatchObject({ code: 'connect_timeout' })
        connection.destroy()
      } finally {
        vi.useRealTimers()
        agent.close()
      }
    })

    test('an agent that is not there is named, and what helps', async () => {
      const agentSocket = join(folder, 'nobody')
      expect(await logIn(server, { keys: [] }, { agentSocket })).toMatchObject({
        code: 'login_refused',
        message: expect.stringContaining(`no agent answers at ${agentSocket}: ENOENT`),
        hint: expect.stringContaining('or start an agent'),
      })
    })

    test('an agent that is gone or empty does not stand in the way', async () => {
      mkdirSync(join(folder, '.ssh'))
      copyFileSync(server.privateKey, join(folder, '.ssh/id_ed25519'))
      for (const agentSocket of [join(folder, 'nobody'), folder, '5', `/${'long/'.repeat(60)}`])
        expect(await logIn(server, { keys: [] }, { agentSocket })).toBe('in')
      await withAgent(folder, [], async agentSocket => {
        expect(await logIn(server, { keys: [] }, { agentSocket })).toBe('in')
      })
      rmSync(join(folder, '.ssh'), { recursive: true })
    })

    test('a missing key, a public key, no key at all, a folder', async () => {
      const code = 'login_key'
      const missing = join(folder, 'missing')
      expect(await logIn(server, { keys: [missing] })).toMatchObject({
        code,
        message: expect.stringContaining(missing),
      })
      expect(await logIn(server, { keys: [`${server.privateKey}.pub`] })).toMatchObject({
        code,
        message: expect.stringContaining('public key'),
      })
      const text = join(folder, 'text')
      writeFileSync(text, 'hello')
      expect(await logIn(server, { keys: [text] })).toMatchObject({ code })
      expect(await logIn(server, { keys: [folder] })).toMatchObject({ code })
    })

    test('a key that the host does not know, and nothing to log in with', async () => {
      const stranger = makeKey(join(folder, 'stranger')).path
      expect(await logIn(server, { keys: [stranger] })).toMatchObject({
        code: 'login_refused',
        message: expect.stringMatching(new RegExp(`tried the key ${stranger}; the server takes publickey`)),
      })
      expect(await logIn(server, { keys: [] })).toMatchObject({
        code: 'login_refused',
        message: expect.stringContaining('nothing to log in with'),
      })
    })

    test('the second of two keys', async () => {
      const stranger = makeKey(join(folder, 'stranger2')).path
      expect(await logIn(server, { keys: [stranger, server.privateKey] })).toBe('in')
    })
  })
})

describeWith(['sshd', 'root'], 'login by password', () => {
  test('right, wrong, and after a key that is not enough', async () => {
    const server = await startSshd({ account: { password: 'correct horse' }, login: 'both' })
    try {
      expect(await logIn(server, { keys: [], password: new Secret('correct horse') })).toBe('in')
      const failure = await logIn(server, { keys: [], password: new Secret('wrong') })
      expect(failure).toMatchObject({
        code: 'login_refused',
        message: expect.stringContaining('tried the password'),
      })
      expect(JSON.stringify(failure)).not.toContain('wrong"')
      const stranger = makeKey(join(folder, 'stranger3')).path
      expect(await logIn(server, { keys: [stranger], password: new Secret('correct horse') })).toBe('in')
    } finally {
      await server.stop()
    }
  })

  test('a server that wants a key and a password', async () => {
    const config = ['AuthenticationMethods publickey,password']
    const server = await startSshd({ account: { password: 'both' }, login: 'both', config })
    try {
      expect(await logIn(server, { password: new Secret('both') })).toBe('in')
      expect(await logIn(server)).toMatchObject({ code: 'login_refused' })
    } finally {
      await server.stop()
    }
  })
})

/** A server of ssh2's that asks questions: what sshd needs PAM for. */
async function withAsking<T>(
  rounds: readonly { readonly prompt: string; readonly echo: boolean }[][],
  use: (port: number, answers: string[][]) => Promise<T>,
): Promise<T> {
  const answers: string[][] = []
  const hostKey = readFileSync(makeKey(join(mkdtempSync(join(folder, 'asking-')), 'host')).path)
  const server = new ssh2.Server({ hostKeys: [hostKey] }, client => {
    client.on('error', () => {})
    client.on('authentication', context => {
      if (context.method !== 'keyboard-interactive') return context.reject(['keyboard-interactive'])
      const ask = (round: number): void => {
        const prompts = rounds[round]
        if (prompts === undefined) {
          const right = answers.every(list => list.every(answer => answer === 'secret'))
          if (right) context.accept()
          else context.reject(['keyboard-interactive'])
        } else {
          context.prompt([...prompts], given => {
            answers.push(given)
            ask(round + 1)
          })
        }
      }
      ask(0)
    })
    client.on('ready', () => client.end())
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  try {
    return await use((server.address() as { port: number }).port, answers)
  } finally {
    server.close()
  }
}

test('keyboard-interactive: the password answers one hidden prompt, once', async () => {
  const connect = (port: number) =>
    createSshTransport({ policy: 'off', knownHosts: join(folder, 'none'), home: folder }).connect(
      {
        host: 'web1',
        connection: {
          transport: 'ssh',
          address: '127.0.0.1',
          port,
          user: 'u',
          keys: [],
          password: new Secret('secret'),
        },
      },
      new AbortController().signal,
    )
  const hidden = [{ prompt: 'Password: ', echo: false }]
  await withAsking([hidden], async (port, answers) => {
    expect(await connect(port)).toHaveProperty('exec')
    expect(answers).toEqual([['secret']])
  })
  await withAsking([hidden, hidden], async (port, answers) => {
    expect(await connect(port)).toMatchObject({ code: 'login_refused' })
    expect(answers).toEqual([['secret'], ['']])
  })
  await withAsking([[{ prompt: 'Code: ', echo: true }]], async (port, answers) => {
    expect(await connect(port)).toMatchObject({ code: 'login_refused' })
    expect(answers).toEqual([['']])
  })
})

test('a login that is not needed any more ends at once', async () => {
  const silent = createServer(() => {})
  await new Promise<void>(resolve => silent.listen(0, '127.0.0.1', resolve))
  const { port } = silent.address() as { port: number }
  const controller = new AbortController()
  const transport = createSshTransport({ policy: 'off', home: folder })
  const connection = { transport: 'ssh', address: '127.0.0.1', port, user: 'u', keys: [] } as const
  const result = transport.connect({ host: 'web1', connection }, controller.signal)
  silent.once('connection', () => controller.abort())
  expect(await result).toMatchObject({ code: 'interrupted' })
  await new Promise(resolve => silent.close(resolve))
})
