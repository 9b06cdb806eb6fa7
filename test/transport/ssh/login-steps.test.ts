import { execFileSync, spawnSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ssh2 from 'ssh2'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Failure } from '../../../src/model/errors.ts'
import type { Connection } from '../../../src/model/host.ts'
import { Secret } from '../../../src/model/secret.ts'
import { createSshTransport } from '../../../src/transport/ssh/ssh-transport.ts'
import { sshString } from '../../../src/transport/ssh/wire-reader.ts'
import type { Session } from '../../../src/transport/transport.ts'
import { withAgent } from '../../sshd/agent.ts'
import { makeKey } from '../../sshd/keys.ts'
import { describeWith } from '../../sshd/requirements.ts'
import type { TestServer } from '../../sshd/server.ts'
import { startSshd } from '../../sshd/sshd.ts'
import { targetOf } from '../run-exec.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'drover-steps-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

async function logIn(
  server: TestServer,
  connection: Partial<Connection>,
  agentSocket?: string,
): Promise<Failure | 'in'> {
  const agent = agentSocket === undefined ? {} : { agentSocket }
  const options = { policy: 'strict', knownHosts: server.knownHosts, home: folder, ...agent } as const
  const target = targetOf(server, connection)
  const session = await createSshTransport(options).connect(target, new AbortController().signal)
  if ('code' in session) return session
  session.end()
  return 'in'
}

/** How often a text stands in the log of a server. */
const count = ({ log }: TestServer, text: string | RegExp) => log().split(text).length - 1

const TYPE = 'ssh-ed25519'

const password = new Secret('correct horse')

async function withSteps(methods: string, use: (server: TestServer) => Promise<void>): Promise<void> {
  const config = [`AuthenticationMethods ${methods}`]
  const server = await startSshd({ account: { password: 'correct horse' }, login: 'both', config })
  try {
    await use(server)
  } finally {
    await server.stop()
  }
}

describeWith(['sshd', 'root', 'ssh-agent', 'ssh-add'], 'servers that want more than one thing', () => {
  test('a key of an agent, then a password, which is offered once', async () => {
    await withSteps('publickey,password', async server => {
      const others = ['a', 'b', 'c'].map(name => makeKey(join(folder, `other-${name}`)).path)
      await withAgent(folder, [server.privateKey, ...others], async socket => {
        expect(await logIn(server, { keys: [], password }, socket)).toBe('in')
        // The agent's other keys are of no use any more.
        expect(count(server, 'Failed publickey')).toBe(0)
        const wrong = await logIn(server, { keys: [], password: new Secret('wrong') }, socket)
        expect(wrong).toMatchObject({
          code: 'login_refused',
          message: expect.stringMatching(
            /one of them was right, and it wants more; the server takes password/,
          ),
        })
        expect(count(server, /Failed password for \S+ from/)).toBe(1)
        expect(await logIn(server, { keys: [] }, socket)).toMatchObject({
          code: 'login_refused',
          hint: 'give a password in the inventory',
        })
      })
    })
  })

  test('a password, then a key; and a key by its file', async () => {
    await withSteps('password,publickey', async server => {
      expect(await logIn(server, { password })).toBe('in')
      const ssh = { identityFiles: [server.privateKey] }
      expect(await logIn(server, { keys: [], ssh, password })).toBe('in')
      await withAgent(folder, [server.privateKey], async socket => {
        expect(await logIn(server, { keys: [], password }, socket)).toBe('in')
      })
    })
  })

  test('two keys', async () => {
    await withSteps('publickey,publickey', async server => {
      const second = makeKey(join(folder, 'second'))
      const authorized = join(server.privateKey, '..', 'authorized_keys')
      writeFileSync(authorized, `${readFileSync(authorized, 'utf8')}${second.publicKey}\n`)
      expect(await logIn(server, { keys: [server.privateKey, second.path] })).toBe('in')
      await withAgent(folder, [second.path, server.privateKey], async socket => {
        expect(await logIn(server, { keys: [] }, socket)).toBe('in')
      })
      expect(await logIn(server, {})).toMatchObject({ code: 'login_refused' })
    })
  })
})

describeWith(
  ['sshd', 'root', 'ssh-agent', 'ssh-add'],
  'what the SSH configuration leaves of the ways to log in',
  () => {
    let server: TestServer
    beforeAll(async () => {
      const config = ['LogLevel DEBUG']
      server = await startSshd({
        account: { password: 'correct horse' },
        login: 'both',
        config,
        banner: 'No!\n',
      })
    })
    afterAll(() => server.stop())

    test('a password is not sent where it is not to be, and a key not either', async () => {
      const ssh = { loginMethods: ['publickey'] } as const
      expect(await logIn(server, { keys: [], ssh, password })).toMatchObject({
        code: 'login_refused',
        message: expect.stringContaining('nothing to log in with; the server takes publickey,'),
      })
      expect(await logIn(server, { keys: [server.privateKey], ssh: { loginMethods: [] } })).toMatchObject({
        code: 'login_refused',
        hint: expect.stringContaining('leaves only no way to log in'),
      })
      expect(server.log()).not.toMatch(/method password|Failed|Accepted/)
      expect(await logIn(server, { ssh: { loginMethods: ['password'] }, password })).toBe('in')
      expect(count(server, 'Accepted password')).toBe(1)
      const both = { loginMethods: ['password', 'publickey'] } as const
      expect(await logIn(server, { ssh: both, password: new Secret('wrong') })).toBe('in')
      expect(count(server, /Failed password for \S+ from/)).toBe(1)
      expect(count(server, 'Accepted publickey')).toBe(1)
    })

    test('a server that takes no keys is shown one key of an agent, not all of them', async () => {
      const config = ['MaxAuthTries 3', 'LogLevel DEBUG']
      const only = await startSshd({ account: { password: 'correct horse' }, login: 'password', config })
      try {
        const keys = Array.from({ length: 6 }, (_, i) => makeKey(join(folder, `shown-${i}`)).path)
        const ssh = { loginMethods: ['publickey', 'password'] } as const
        await withAgent(folder, keys, async socket => {
          expect(await logIn(only, { keys: [], ssh, password }, socket)).toBe('in')
        })
        expect(count(only, 'method publickey')).toBe(1)
      } finally {
        await only.stop()
      }
    })

    test('a wrong password is tried once', async () => {
      const before = count(server, 'Failed password')
      expect(await logIn(server, { keys: [], password: new Secret('no') })).toMatchObject({
        code: 'login_refused',
      })
      expect(count(server, 'Failed password')).toBe(before + 1)
    })
  },
)

describeWith(['sshd', 'ssh-keygen', 'ssh-agent', 'ssh-add'], 'keys and their files', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startSshd({ config: ['MaxAuthTries 3'] })
  })
  afterAll(() => server.stop())

  test('of many keys in an agent those come first that are configured, and one is named where it is not', async () => {
    const others = Array.from({ length: 8 }, (_, i) => makeKey(join(folder, `many-${i}`)).path)
    await withAgent(folder, [...others, server.privateKey], async socket => {
      const ssh = { identityFiles: [server.privateKey] }
      expect(await logIn(server, { keys: [], ssh }, socket)).toBe('in')
      expect(
        await logIn(server, { keys: [], ssh: { identityFiles: [`${server.privateKey}.pub`] } }, socket),
      ).toBe('in')
      expect(count(server, 'Failed publickey')).toBe(0)
      expect(await logIn(server, { keys: [] }, socket)).toMatchObject({
        code: 'login_refused',
        hint: expect.stringMatching(/name the one key|IdentitiesOnly/),
      })
    })
  })

  test('a file that others can read is not used, as with ssh; an agent may have the key', async () => {
    const open = join(folder, 'open')
    copyFileSync(server.privateKey, open)
    for (const mode of [0o640, 0o604, 0o660]) {
      chmodSync(open, mode)
      expect(await logIn(server, { keys: [open] })).toMatchObject({
        code: 'login_key',
        message: expect.stringContaining('can be read by others'),
        hint: expect.stringContaining(`chmod 600 '${open}'`),
      })
    }
    await withAgent(folder, [server.privateKey], async socket => {
      expect(await logIn(server, { keys: [open] }, socket)).toBe('in')
    })
    chmodSync(open, 0o400)
    expect(await logIn(server, { keys: [open] })).toBe('in')
  })

  test('a key of the agent is found by the public key that lies beside where it was', async () => {
    const gone = join(folder, 'gone')
    copyFileSync(`${server.privateKey}.pub`, `${gone}.pub`)
    const others = Array.from({ length: 6 }, (_, i) => makeKey(join(folder, `beside-${i}`)).path)
    const ssh = { identityFiles: [gone], identitiesOnly: true as const }
    await withAgent(folder, [...others, server.privateKey], async socket => {
      expect(await logIn(server, { keys: [], ssh }, socket)).toBe('in')
    })
    expect(await logIn(server, { keys: [], ssh })).toMatchObject({ code: 'login_key' })
  })

  test.each([
    ['Ed25519', () => generateKeyPairSync('ed25519')],
    ['RSA', () => generateKeyPairSync('rsa', { modulusLength: 2048 })],
    ['ECDSA', () => generateKeyPairSync('ec', { namedCurve: 'P-256' })],
  ])('PKCS#8 of %s', async (name, make) => {
    const file = join(folder, `pkcs8-${name}`)
    const { publicKey, privateKey } = make()
    writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 })
    const pem = `${file}.pem`
    writeFileSync(pem, publicKey.export({ type: 'spki', format: 'pem' }))
    const { x = '' } = publicKey.export({ format: 'jwk' })
    const blob = Buffer.concat([TYPE, Buffer.from(x, 'base64url')].map(sshString)).toString('base64')
    const line =
      name === 'Ed25519'
        ? `${TYPE} ${blob}\n`
        : execFileSync('ssh-keygen', ['-i', '-m', 'PKCS8', '-f', pem], { encoding: 'utf8' })
    appendFileSync(join(server.privateKey, '..', 'authorized_keys'), line)
    expect(await logIn(server, { keys: [file] })).toBe('in')
  })

  test('a DSA key, a key of PuTTY', async () => {
    const dsa = join(folder, 'dsa')
    if (spawnSync('ssh-keygen', ['-q', '-t', 'dsa', '-N', '', '-f', dsa]).status === 0) {
      expect(await logIn(server, { keys: [dsa] })).toMatchObject({
        code: 'login_key',
        message: expect.stringContaining('SHA-1'),
      })
      await withAgent(folder, [dsa], async socket => {
        expect(await logIn(server, { keys: [] }, socket)).toMatchObject({ code: 'login_refused' })
      })
      expect(count(server, ': DSA ')).toBe(0)
    }
    const putty = join(folder, 'putty.ppk')
    writeFileSync(putty, 'PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n', { mode: 0o600 })
    expect(await logIn(server, { keys: [putty] })).toMatchObject({
      hint: expect.stringContaining('puttygen'),
    })
  })

  test('a key that could not be tried is named where another one is refused', async () => {
    const locked = makeKey(join(folder, 'locked'), 'ed25519', 'secret').path
    const stranger = makeKey(join(folder, 'stranger')).path
    expect(await logIn(server, { keys: [], ssh: { identityFiles: [locked, stranger] } })).toMatchObject({
      code: 'login_refused',
      message: expect.stringContaining(`the key ${locked} is protected by a passphrase`),
      hint: expect.stringContaining('ssh-add'),
    })
  })
})

/** What a login with a password comes to at a server of which only this is there. */
async function answeredBy(
  password: Secret,
  answer: (context: ssh2.AuthContext) => void,
): Promise<Session | Failure> {
  const hostKey = readFileSync(makeKey(join(mkdtempSync(join(folder, 'server-')), 'host')).path)
  const server = new ssh2.Server({ hostKeys: [hostKey] }, client => {
    client.on('error', () => {})
    client.on('authentication', answer)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  try {
    const { port } = server.address() as { port: number }
    const place = { transport: 'ssh', address: '127.0.0.1', port, user: 'u', keys: [] } as const
    const transport = createSshTransport({ policy: 'off', knownHosts: join(folder, 'none'), home: folder })
    const target = { host: 'web1', connection: { ...place, password } }
    return await transport.connect(target, new AbortController().signal)
  } finally {
    server.close()
  }
}

test.each([
  [['password', 'keyboard-interactive'], ['password: wrong']],
  [['keyboard-interactive'], ['password: wrong', 'answers: wrong']],
])('a server that takes %j hears a wrong password once', async (offered, heard) => {
  const words: string[] = []
  const failure = await answeredBy(new Secret('wrong'), context => {
    const refuse = () => context.reject(offered as ssh2.AuthenticationType[])
    if (context.method === 'password') words.push(`password: ${context.password}`)
    if (context.method !== 'keyboard-interactive') return refuse()
    context.prompt([{ prompt: 'Password: ', echo: false }], answers => {
      words.push(`answers: ${answers.join()}`)
      refuse()
    })
  })
  expect(failure).toMatchObject({ code: 'login_refused' })
  // The first comes before it is known what the server takes; one that takes no password does not look at it.
  expect(words).toEqual(heard)
})

test('what is asked and has no answer is told', async () => {
  const failure = await answeredBy(password, context => {
    if (context.method !== 'keyboard-interactive') return context.reject(['keyboard-interactive'])
    const prompts = ['Password: ', 'Code\u001b[31m: '].map(prompt => ({ prompt, echo: false }))
    context.prompt(prompts, () => context.reject(['keyboard-interactive']))
  })
  expect(failure).toMatchObject({
    code: 'login_refused',
    message: expect.stringContaining('there is no answer to "Password:", "Code [31m:"'),
  })
})
