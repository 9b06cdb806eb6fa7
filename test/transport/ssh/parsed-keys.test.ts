import { KeyObject } from 'node:crypto'
import ssh2, { type Client } from 'ssh2'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseCipherKeys } from '../../../src/transport/ssh/parsed-keys.ts'
import { createSshTransport } from '../../../src/transport/ssh/ssh-transport.ts'
import { describeWith } from '../../sshd/requirements.ts'
import type { TestServer } from '../../sshd/server.ts'
import { startSshd } from '../../sshd/sshd.ts'
import { OK, runExec, targetOf } from '../run-exec.ts'

describeWith(['sshd'], 'keys of AES-GCM', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startSshd({ config: ['RekeyLimit 100K'] })
  })
  afterAll(() => server.stop())

  test('are handed to node:crypto parsed, whatever this version of ssh2 calls them', async () => {
    const client = new ssh2.Client()
    const parsed = await new Promise(resolve => {
      client.once('handshake', () => {
        parseCipherKeys(client)
        resolve(keysOf(client).map(key => key instanceof KeyObject))
      })
      client.on('error', resolve)
      client.connect({ host: server.host, port: server.port, username: 'nobody', hostVerifier: () => true })
    })
    client.destroy()
    expect(parsed).toEqual([true, true])
  })

  test('are renewed in the middle of a command', async () => {
    const { knownHosts } = server
    const transport = createSshTransport({ policy: 'strict', knownHosts, home: '/nonexistent' })
    const session = await transport.connect(targetOf(server), new AbortController().signal)
    if ('code' in session) throw new Error(session.message)
    const { end, stdout } = await runExec(session, 'head -c 2000000 /dev/zero')
    expect(end).toEqual(OK)
    expect(stdout.length).toBe(2_000_000)
    session.end()
  })
})

function keysOf(client: Client): unknown[] {
  const { _protocol } = client as unknown as {
    _protocol: { _cipher: { _encKey: unknown }; _decipher: { _decipherKey: unknown } }
  }
  return [_protocol._cipher._encKey, _protocol._decipher._decipherKey]
}
