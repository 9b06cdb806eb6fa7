import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Failure } from '../../../src/model/errors.ts'
import type { SshSetup } from '../../../src/model/host.ts'
import { readHostCertificate } from '../../../src/transport/ssh/host-certificate.ts'
import { createSshTransport } from '../../../src/transport/ssh/ssh-transport.ts'
import { type KeyType, makeKey } from '../../sshd/keys.ts'
import { describeWith } from '../../sshd/requirements.ts'
import type { TestServer } from '../../sshd/server.ts'
import { startSshd } from '../../sshd/sshd.ts'
import { OK, runExec, targetOf } from '../run-exec.ts'

describeWith(['sshd', 'ssh', 'ssh-keygen'], 'certificates of hosts, as ssh checks them', () => {
  let folder: string
  const authorities = new Map<KeyType, { path: string; publicKey: string }>()
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'drover-host-certs-'))
    for (const type of ['ed25519', 'ecdsa', 'rsa'] as const)
      authorities.set(type, makeKey(join(folder, `ca_${type}`), type))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  const authority = (type: KeyType) => authorities.get(type) ?? { path: '', publicKey: '' }

  interface Certified {
    readonly key?: KeyType
    readonly ca?: KeyType
    /** Of ssh-keygen. */
    readonly options?: readonly string[]
  }

  interface CertifiedServer {
    readonly server: TestServer
    /** The certified key, and its certificate, as lines of `.pub` files without a comment. */
    readonly own: string
    readonly certificate: string
  }

  /** A server whose first key is certified; the RSA key beside it is not. */
  async function startCertified({
    key = 'ed25519',
    ca = 'ed25519',
    options = ['-h', '-n', '127.0.0.1'],
  }: Certified): Promise<CertifiedServer> {
    const { path, publicKey: own } = makeKey(join(mkdtempSync(join(folder, 'host-')), 'key'), key)
    const sign = ['-q', '-s', authority(ca).path, '-I', 'test', ...options, `${path}.pub`]
    execFileSync('ssh-keygen', sign, { stdio: 'pipe' })
    const config = [`HostKey ${path}`, `HostCertificate ${path}-cert.pub`]
    const server = await startSshd({ config, hostKeys: key === 'rsa' ? ['ecdsa'] : ['rsa'] })
    return { server, own, certificate: readFileSync(`${path}-cert.pub`, 'utf8').trim() }
  }

  async function withServer(
    how: Certified,
    use: (server: TestServer, own: string) => Promise<void>,
  ): Promise<void> {
    const { server, own } = await startCertified(how)
    try {
      await use(server, own)
    } finally {
      await server.stop()
    }
  }

  async function connect(
    server: TestServer,
    text: string,
    ssh: SshSetup = {},
  ): Promise<Failure | 'connected'> {
    const knownHosts = { user: [fileWith(text)], global: [] }
    const transport = createSshTransport({ policy: 'strict', home: folder })
    const target = targetOf(server, { ssh: { ...ssh, knownHosts } })
    const session = await transport.connect(target, new AbortController().signal)
    if ('code' in session) return session
    expect((await runExec(session, 'true')).end).toEqual(OK)
    session.end()
    return 'connected'
  }

  function sshConnects(server: TestServer, text: string, alias?: string): boolean {
    const args = [
      ...[
        `UserKnownHostsFile=${fileWith(text)}`,
        'GlobalKnownHostsFile=/dev/null',
        'StrictHostKeyChecking=yes',
      ],
      ...['BatchMode=yes', 'IdentitiesOnly=yes', 'UpdateHostKeys=no'],
      ...(alias === undefined ? [] : [`HostKeyAlias=${alias}`]),
    ].flatMap(option => ['-o', option])
    const place = ['-p', `${server.port}`, '-i', server.privateKey, `${server.user}@${server.host}`]
    return spawnSync('ssh', ['-F', 'none', ...args, ...place, 'true'], { stdio: 'ignore' }).status === 0
  }

  function fileWith(text: string): string {
    const file = join(mkdtempSync(join(folder, 'known-')), 'known_hosts')
    writeFileSync(file, text)
    return file
  }

  test('certificates may be all that HostKeyAlgorithms leaves', async () => {
    await withServer({}, async (server, own) => {
      const algorithms = { hostKey: ['ssh-ed25519-cert-v01@openssh.com'] } as const
      const known = `@cert-authority * ${authority('ed25519').publicKey}`
      expect(await connect(server, known, { algorithms })).toBe('connected')
      expect(await connect(server, `[127.0.0.1]:${server.port} ${own}`, { algorithms })).toBe('connected')
      const other = { hostKey: ['ecdsa-sha2-nistp256-cert-v01@openssh.com'] } as const
      expect(await connect(server, known, { algorithms: other })).toMatchObject({ code: 'connect_protocol' })
    })
  })

  test.each([
    ['ed25519', 'ed25519'],
    ['ed25519', 'rsa'],
    ['ed25519', 'ecdsa'],
    ['ecdsa', 'ed25519'],
    ['rsa', 'ecdsa'],
    ['rsa', 'rsa'],
  ] as const)('a key of type %s, certified by one of type %s', async (key, ca) => {
    await withServer({ key, ca }, async server => {
      const text = `@cert-authority [127.0.0.1]:* ${authority(ca).publicKey}\n`
      expect(await connect(server, text)).toBe('connected')
      expect(sshConnects(server, text)).toBe(true)
    })
  })

  describe('lines that make it known, revoked or unknown', () => {
    let server: TestServer
    let words: Readonly<Record<string, string>>
    beforeAll(async () => {
      const started = await startCertified({})
      server = started.server
      words = {
        ...{ P: `[${server.host}]:${server.port}`, H: server.host, OWN: started.own },
        ...{ CERT: started.certificate, TORN: started.certificate.slice(0, -8) },
        ...{ CA: authority('ed25519').publicKey, STRANGER: authority('ecdsa').publicKey },
        RSA: /ssh-rsa \S+/.exec(readFileSync(server.knownHosts, 'utf8'))?.[0] ?? '',
      }
    })
    afterAll(() => server.stop())

    test.each([
      '@cert-authority P CA',
      '@cert-authority H CA',
      '@cert-authority * CA',
      '@cert-authority *,!P CA',
      '@cert-authority P STRANGER',
      '@cert-authority P STRANGER\n@cert-authority P CA',
      '@cert-authority P STRANGER\n@cert-authority H CA',
      '@cert-authority P CA\n@revoked * CA',
      '@cert-authority P CA\n@revoked * OWN',
      '@cert-authority P CA\n@revoked * CERT',
      '@cert-authority P CA\n@revoked x CA',
      '@cert-authority P STRANGER\nP OWN',
      '@cert-authority P STRANGER\nP RSA',
      '@cert-authority P CA\nP RSA',
      '@cert-authority P CA\nP STRANGER',
      '@cert-authority H CA\nP RSA',
      '@cert-authority H CA\nP STRANGER',
      '@cert-authority H CA\n@revoked H CA\nP OWN',
      'H OWN\nP RSA',
      'H OWN\nP STRANGER',
      'H OWN\n@cert-authority P STRANGER\nP STRANGER',
      'H OWN\n@revoked H CA\nP STRANGER',
      'H OWN\n@revoked H CA',
      'P CA',
      'P CERT',
      'P CERT\nP OWN',
      '@cert-authority P OWN',
      'H OWN\nP TORN',
      '@cert-authority * CA\n@revoked * TORN',
      '@cert-authority P CERT',
    ])('%j', async lines => {
      const text = `${lines.replace(/\b[A-Z]+\b/g, word => words[word] ?? word)}\n`
      expect((await connect(server, text)) === 'connected').toBe(sshConnects(server, text))
    })
  })

  test.each([
    ['for no name in particular', ['-h']],
    ['for several names', ['-h', '-n', 'other,127.0.0.1']],
    ['for another name', ['-h', '-n', 'other.example']],
    ['for a pattern, which is none here', ['-h', '-n', '127.0.0.*']],
    ['for the name with its port', ['-h', '-n', '[127.0.0.1]:22']],
    ['of a user', ['-n', '127.0.0.1']],
    ['that has expired', ['-h', '-V', '20200101:20200102']],
    ['that is not valid yet', ['-h', '-V', '20900101:20900102']],
    ['with a critical option', ['-h', '-O', 'critical:strange@example.com=1']],
    ['with an extension', ['-h', '-O', 'extension:strange@example.com=1']],
    ['for ever, with the last serial number', ['-h', '-z', '18446744073709551615', '-V', 'always:forever']],
  ])('one %s', async (_, options) => {
    await withServer({ options }, async (server, own) => {
      const ca = `@cert-authority * ${authority('ed25519').publicKey}\n`
      const result = await connect(server, ca)
      expect(result === 'connected').toBe(sshConnects(server, ca))
      if (result !== 'connected')
        expect(result).toMatchObject({
          code: 'host_key_unknown',
          message: expect.stringMatching(/authority only .*certificate/),
        })
      // Without what it says, the key in it counts.
      const known = `${ca}[${server.host}]:${server.port} ${own}\n`
      expect(await connect(server, known)).toBe('connected')
      expect(sshConnects(server, known)).toBe(true)
    })
  })

  test('an alias is the name that it has to be for', async () => {
    await withServer({ options: ['-h', '-n', 'web.example'] }, async server => {
      const text = `@cert-authority * ${authority('ed25519').publicKey}\n`
      for (const alias of ['web.example', 'db.example', undefined]) {
        const ssh = alias === undefined ? {} : { hostKeyAlias: alias }
        expect((await connect(server, text, ssh)) === 'connected').toBe(sshConnects(server, text, alias))
      }
    })
  })

  test('a new exchange of keys goes by the certificate as well', async () => {
    const { path } = makeKey(join(mkdtempSync(join(folder, 'host-')), 'key'))
    const sign = ['-q', '-s', authority('ed25519').path, '-h', '-I', 'test', `${path}.pub`]
    execFileSync('ssh-keygen', sign, { stdio: 'pipe' })
    const config = [`HostKey ${path}`, `HostCertificate ${path}-cert.pub`, 'RekeyLimit 64K']
    const server = await startSshd({ config })
    const knownHosts = fileWith(`@cert-authority * ${authority('ed25519').publicKey}\n`)
    const transport = createSshTransport({ policy: 'strict', knownHosts, home: folder })
    const session = await transport.connect(targetOf(server), new AbortController().signal)
    if ('code' in session) throw new Error(session.message)
    const { end, stdout } = await runExec(session, 'head -c 1000000 /dev/zero')
    expect(end).toEqual(OK)
    expect(stdout.length).toBe(1_000_000)
    session.end()
    await server.stop()
  })

  test('what is cut off, altered, or no certificate is none', () => {
    const { path } = makeKey(join(mkdtempSync(join(folder, 'cert-')), 'key'))
    for (const ca of ['ed25519', 'ecdsa', 'rsa'] as const) {
      execFileSync('ssh-keygen', ['-q', '-s', authority(ca).path, '-h', '-I', 'test', `${path}.pub`], {
        stdio: 'pipe',
      })
      const [, base64 = ''] = readFileSync(`${path}-cert.pub`, 'utf8').split(' ')
      const blob = Buffer.from(base64, 'base64')
      expect(readHostCertificate(blob)).toBeDefined()
      for (let at = 0; at < blob.length; at += 1) {
        const altered = Buffer.from(blob)
        altered[at] = (altered[at] ?? 0) ^ 1
        // A signature of another algorithm is left to the verdict, which refuses it.
        const read = readHostCertificate(altered)
        expect({ at, bad: read === undefined || read.uncheckedSignature !== undefined }).toEqual({
          at,
          bad: true,
        })
        expect(readHostCertificate(blob.subarray(0, at))).toBeUndefined()
      }
      expect(readHostCertificate(Buffer.concat([blob, Buffer.of(0)]))).toBeUndefined()
    }
  })
})
