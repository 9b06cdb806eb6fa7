import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createSshTransport } from '../../../src/transport/ssh/ssh-transport.ts'

const server = createServer()
let port: number
beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  port = (server.address() as AddressInfo).port
})
afterAll(() => server.close())

/** The names that a client proposes in its first message (RFC 4253, 7.1). */
async function proposed(): Promise<readonly (readonly string[])[]> {
  const answer = new Promise<Buffer>(resolve => {
    server.once('connection', socket => {
      let received = Buffer.alloc(0)
      socket.on('error', () => {})
      socket.write('SSH-2.0-test\r\n')
      socket.on('data', chunk => {
        received = Buffer.concat([received, chunk])
        const start = received.indexOf('\r\n') + 2
        if (start < 2 || received.length < start + 4) return
        if (received.length < start + 4 + received.readUInt32BE(start)) return
        socket.destroy()
        resolve(received.subarray(start + 4 + 1 + 1 + 16))
      })
    })
  })
  const transport = createSshTransport({ policy: 'off', home: '/nonexistent' })
  const connection = { transport: 'ssh', address: '127.0.0.1', port, user: 'x', keys: [] } as const
  const connected = transport.connect({ host: 'web1', connection }, new AbortController().signal)
  const lists = await answer
  await connected
  let at = 0
  return Array.from({ length: 8 }, () => {
    const length = lists.readUInt32BE(at)
    at += 4 + length
    return lists.toString('latin1', at - length, at).split(',')
  })
}

test('no SHA-1, no CBC, no group 1, no DSA, no compression are offered', async () => {
  const [kex = [], hostKeys = [], ...others] = await proposed()
  expect(kex.length).toBeGreaterThan(5)
  const all = [kex, hostKeys, ...others].flat()
  expect(
    all.filter(name => /sha1|cbc|group1-|md5|arcfour|3des|dss|zlib|umac-64|^ssh-rsa$/.test(name)),
  ).toEqual([])
  expect(all).toContain('aes128-gcm@openssh.com')
})
