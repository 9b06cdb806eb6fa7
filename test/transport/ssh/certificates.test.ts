import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Failure } from '../../../src/model/errors.ts'
import type { Connection } from '../../../src/model/host.ts'
import { parseCertificate } from '../../../src/transport/ssh/certificate.ts'
import { createSshTransport } from '../../../src/transport/ssh/ssh-transport.ts'
import { withAgent } from '../../sshd/agent.ts'
import { type KeyType, makeKey } from '../../sshd/keys.ts'
import { describeWith } from '../../sshd/requirements.ts'
import type { TestServer } from '../../sshd/server.ts'
import { startSshd } from '../../sshd/sshd.ts'
import { OK, runExec, targetOf } from '../run-exec.ts'

describeWith(['sshd', 'ssh-keygen', 'ssh-agent', 'ssh-add'], 'certificates of users', () => {
  let server: TestServer
  let folder: string
  let ca: string
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'drover-certs-'))
    // Other users must be able to read the authority's key.
    chmodSync(folder, 0o711)
    ca = makeKey(join(folder, 'ca')).path
    chmodSync(`${ca}.pub`, 0o644)
    server = await startSshd({ config: [`TrustedUserCAKeys ${ca}.pub`, 'AuthorizedKeysFile none'] })
  })
  afterAll(async () => {
    await server.stop()
    rmSync(folder, { recursive: true })
  })

  async function logIn(connection: Partial<Connection>, agentSocket?: string): Promise<Failure | 'in'> {
    const agent = agentSocket === undefined ? {} : { agentSocket }
    const transport = createSshTransport({
      policy: 'strict',
      knownHosts: server.knownHosts,
      home: folder,
      ...agent,
    })
    const session = await transport.connect(targetOf(server, connection), new AbortController().signal)
    if ('code' in session) return session
    expect((await runExec(session, 'true')).end).toEqual(OK)
    session.end()
    return 'in'
  }

  /** A key in a folder of its own, with a certificate beside it. */
  function certified(type: KeyType, options: readonly string[] = []): string {
    const { path } = makeKey(join(mkdtempSync(join(folder, 'key-')), 'id'), type)
    const sign = ['-q', '-s', ca, '-I', 'test', '-n', server.user, ...options, `${path}.pub`]
    execFileSync('ssh-keygen', sign, { stdio: 'pipe' })
    return path
  }

  test.each(['ed25519', 'ecdsa', 'rsa'] as const)('beside a key of type %s', async type => {
    const key = certified(type)
    expect(await logIn({ keys: [key] })).toBe('in')
    expect(server.log()).toMatch(/Accepted publickey for \S+ from \S+ port \d+ ssh2: \S+-CERT/)
    rmSync(`${key}-cert.pub`)
    expect(await logIn({ keys: [key] })).toMatchObject({ code: 'login_refused' })
  })

  test('of the SSH configuration, under another name', async () => {
    const key = certified('ed25519')
    const certificate = join(folder, 'elsewhere')
    copyFileSync(`${key}-cert.pub`, certificate)
    rmSync(`${key}-cert.pub`)
    const ssh = { identityFiles: [key], certificates: [certificate] }
    expect(await logIn({ keys: [], ssh })).toBe('in')
    const other = makeKey(join(folder, 'stranger')).path
    expect(await logIn({ keys: [], ssh: { ...ssh, identityFiles: [other] } })).toMatchObject({
      code: 'login_refused',
    })
  })

  test.each(['ed25519', 'ecdsa', 'rsa'] as const)('in an agent, of type %s', async type => {
    const key = certified(type)
    await withAgent(folder, [key], async socket => {
      expect(await logIn({ keys: [] }, socket)).toBe('in')
    })
  })

  test.each(['ed25519', 'rsa'] as const)('in a file, and the %s key in an agent only', async type => {
    const key = certified(type)
    const certificate = join(mkdtempSync(join(folder, 'moved-')), 'id-cert.pub')
    copyFileSync(`${key}-cert.pub`, certificate)
    rmSync(`${key}-cert.pub`)
    await withAgent(folder, [key], async socket => {
      rmSync(key)
      const ssh = {
        identityFiles: [`${key}.pub`],
        certificates: [certificate],
        identitiesOnly: true as const,
      }
      expect(await logIn({ keys: [], ssh }, socket)).toBe('in')
      expect(await logIn({ keys: [], ssh: { ...ssh, certificates: [] } }, socket)).toMatchObject({
        code: 'login_refused',
      })
    })
  })

  test('one that is not good any more is named as such', async () => {
    const key = certified('ed25519', ['-V', '20200101:20200102'])
    const failure = await logIn({ keys: [key] })
    expect(failure).toMatchObject({
      code: 'login_refused',
      message: expect.stringContaining(`${key}-cert.pub (expired)`),
    })
  })

  test('for another user, for a host, or none at all', async () => {
    expect(await logIn({ keys: [certified('ed25519', ['-n', 'somebody-else'])] })).toMatchObject({
      code: 'login_refused',
    })
    const host = certified('ed25519', ['-h'])
    expect(parseCertificate(readFileSync(`${host}-cert.pub`, 'utf8'))).toBeUndefined()
    const garbage = certified('ed25519')
    for (const text of [
      '',
      'x',
      'ssh-ed25519-cert-v01@openssh.com AAAA',
      readFileSync(`${garbage}.pub`, 'utf8'),
    ]) {
      writeFileSync(`${garbage}-cert.pub`, text)
      expect(await logIn({ keys: [garbage] })).toMatchObject({ code: 'login_refused' })
    }
    const whole = readFileSync(`${certified('rsa')}-cert.pub`, 'utf8')
    for (let end = 40; end < whole.length; end += 97) parseCertificate(whole.slice(0, end))
  })

  test('a key in a FIDO token gets a clear answer', async () => {
    const blob = Buffer.concat(
      ['sk-ssh-ed25519@openssh.com', 'x'.repeat(32), 'ssh:'].map(text => {
        const length = Buffer.alloc(4)
        length.writeUInt32BE(text.length)
        return Buffer.concat([length, Buffer.from(text)])
      }),
    )
    mkdirSync(join(folder, 'token'))
    const file = join(folder, 'token/id_ed25519_sk.pub')
    writeFileSync(file, `sk-ssh-ed25519@openssh.com ${blob.toString('base64')} x\n`)
    expect(await logIn({ keys: [file] })).toMatchObject({
      code: 'login_key',
      message: expect.stringContaining('FIDO'),
      hint: expect.stringContaining('another key'),
    })
    await withListOf([blob], async socket => {
      expect(await logIn({ keys: [] }, socket)).toMatchObject({
        message: expect.stringContaining('FIDO keys cannot be used'),
      })
    })
  })

  /** An agent that lists keys, and does nothing else. */
  async function withListOf(blobs: readonly Buffer[], use: (socket: string) => Promise<void>): Promise<void> {
    const path = join(mkdtempSync(join(folder, 'agent-')), 'socket')
    const number = (n: number) => Buffer.of(n >>> 24, n >>> 16, n >>> 8, n)
    const keys = blobs.flatMap(blob => [number(blob.length), blob, number(0)])
    const answer = Buffer.concat([Buffer.of(12), number(blobs.length), ...keys])
    const agent = createServer(socket => {
      // In two pieces, as it may come.
      socket.once('data', () => {
        socket.write(Buffer.concat([number(answer.length), answer.subarray(0, 9)]))
        setImmediate(() => socket.write(answer.subarray(9)))
      })
    })
    await new Promise<void>(resolve => agent.listen(path, resolve))
    try {
      await use(path)
    } finally {
      agent.close()
    }
  }

  test('an agent that talks nonsense is one method less', async () => {
    const key = certified('ed25519')
    for (const bytes of [
      Buffer.of(255, 255, 255, 255, 12),
      Buffer.of(0, 0, 0, 1, 5),
      Buffer.of(0, 0, 0, 5, 12, 0, 0, 0, 9),
    ]) {
      const path = join(mkdtempSync(join(folder, 'agent-')), 'socket')
      const agent = createServer(socket => void socket.end(bytes))
      await new Promise<void>(resolve => agent.listen(path, resolve))
      expect(await logIn({ keys: [], ssh: { identityFiles: [key] } }, path)).toBe('in')
      agent.close()
    }
  })
})
