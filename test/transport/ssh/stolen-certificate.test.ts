import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ssh2, { type Connection, type ParsedKey } from 'ssh2'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createSshTransport } from '../../../src/transport/ssh/ssh-transport.ts'
import { makeKey } from '../../sshd/keys.ts'
import { describeWith } from '../../sshd/requirements.ts'

const ALGORITHM = 'ssh-ed25519-cert-v01@openssh.com'

interface ServerProtocol {
  readonly _offer: { readonly lists: { readonly serverHostKey: { array: string[]; buffer: Buffer } } }
  _hostKeys: Record<string, unknown>
  readonly _kex: { readonly negotiated: { serverHostKey: string } }
}

describeWith(['ssh-keygen'], 'a host that presents a certificate has to have its key', () => {
  let folder: string
  let path: string
  let ca: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'drover-stolen-'))
    ca = makeKey(join(folder, 'ca')).publicKey
    path = makeKey(join(folder, 'host')).path
    const sign = ['-q', '-s', join(folder, 'ca'), '-h', '-I', 'test', `${path}.pub`]
    execFileSync('ssh-keygen', sign, { stdio: 'pipe' })
    makeKey(join(folder, 'thief'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  /** Presents the host's certificate, whatever key it has. */
  async function withServer(key: string, use: (port: number, logins: () => number) => Promise<void>) {
    const [, blob = ''] = readFileSync(`${path}-cert.pub`, 'utf8').split(' ')
    const own = ssh2.utils.parseKey(readFileSync(key)) as ParsedKey
    let logins = 0
    const server = new ssh2.Server({ hostKeys: [readFileSync(key)] }, client => {
      client.on('error', () => {})
      client.on('authentication', context => {
        logins += 1
        context.accept()
      })
      present(client, Buffer.from(blob, 'base64'), own)
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    try {
      await use((server.address() as AddressInfo).port, () => logins)
    } finally {
      server.close()
    }
  }

  function present(client: Connection, certificate: Buffer, own: ParsedKey): void {
    const { _protocol: protocol } = client as unknown as { readonly _protocol: ServerProtocol }
    const { lists } = protocol._offer
    const NewOffer = protocol._offer.constructor as new (lists: object) => ServerProtocol['_offer']
    Object.assign(lists.serverHostKey, { array: [ALGORITHM], buffer: Buffer.from(ALGORITHM) })
    const arrays = (of: object): object =>
      Object.fromEntries(
        Object.entries(of).map(([name, list]) => [name, 'array' in list ? list.array : arrays(list)]),
      )
    const { all: _, ...rest } = lists as never as Record<string, object>
    Object.assign(protocol, { _offer: new NewOffer(arrays(rest)) })
    protocol._hostKeys = {
      [ALGORITHM]: {
        type: 'ssh-ed25519',
        getPublicSSH: () => certificate,
        sign: (data: Buffer) => {
          protocol._kex.negotiated.serverHostKey = 'ssh-ed25519'
          return own.sign(data)
        },
      },
    }
  }

  test.each([
    ['with it', 'host', 'connected'],
    ['without it', 'thief', 'signature verification failed'],
  ])('%s', async (_, name, expected) => {
    const knownHosts = join(folder, 'knresthosts')
    writeFileSync(knownHosts, `@cert-authority * ${ca}\n`)
    await withServer(join(folder, name), async (port, logins) => {
      const transport = createSshTransport({ policy: 'strict', knownHosts, home: folder })
      const connection = { transport: 'ssh', address: '127.0.0.1', port, user: 'x', keys: [path] } as const
      const session = await transport.connect({ host: 'h', connection }, new AbortController().signal)
      if ('code' in session) {
        expect(session.message).toContain(expected)
        expect(logins()).toBe(0)
        return
      }
      session.end()
      expect(expected).toBe('connected')
      expect(logins()).toBeGreaterThan(0)
    })
  })
})
