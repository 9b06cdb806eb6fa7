import { expect, test } from 'vitest'
import { takeGroupAsItIs } from '../../../src/transport/ssh/group-exchange.ts'
import type { KeyExchange } from '../../../src/transport/ssh/key-exchange.ts'
import { createSshTransport } from '../../../src/transport/ssh/ssh-transport.ts'
import { describeWith } from '../../sshd/requirements.ts'
import { startSshd } from '../../sshd/sshd.ts'
import { OK, runExec, targetOf } from '../run-exec.ts'

/** As ssh2 has it when the server has sent its group. */
function exchangeWith(prime: Buffer): KeyExchange {
  const exchange: KeyExchange = {
    ...{ type: 'groupex', _prime: prime, _generator: Buffer.of(2) },
    ...{ negotiated: { serverHostKey: 'ssh-ed25519' }, _hostKey: undefined },
  }
  takeGroupAsItIs(exchange)
  return exchange
}

test.each([1024, 16_384, 33_000 * 8])('a group of %i bits is refused, and nothing computed', bits => {
  const prime = Buffer.alloc(bits / 8, 0xff)
  expect(() => exchangeWith(prime).generateKeys?.()).toThrow(/bits/)
})

describeWith(['sshd'], 'a server that chooses the group itself', () => {
  test('is taken at once with the largest that it has, which takes little', async () => {
    const server = await startSshd({
      config: ['KexAlgorithms diffie-hellman-group-exchange-sha256', 'Ciphers aes256-ctr', 'RekeyLimit 100K'],
    })
    const before = process.cpuUsage()
    try {
      const { knownHosts } = server
      const transport = createSshTransport({ policy: 'strict', knownHosts, home: '/nonexistent' })
      const session = await transport.connect(targetOf(server), new AbortController().signal)
      if ('code' in session) throw new Error(session.message)
      const { end, stdout } = await runExec(session, 'head -c 300000 /dev/zero')
      expect(end).toEqual(OK)
      expect(stdout.length).toBe(300_000)
      session.end()
      // Proof that its number is prime takes half a minute.
      expect(process.cpuUsage(before).user / 1e6).toBeLessThan(10)
    } finally {
      await server.stop()
    }
  })
})
