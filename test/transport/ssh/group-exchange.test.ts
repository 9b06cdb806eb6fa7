import { expect, test } from 'vitest'
import { takeGroupsAsTheyAre } from '../../../src/transport/ssh/group-exchange.ts'
import { createSshTransport } from '../../../src/transport/ssh/ssh-transport.ts'
import { describeWith } from '../../sshd/requirements.ts'
import { startSshd } from '../../sshd/sshd.ts'
import { OK, runExec, targetOf } from '../run-exec.ts'

interface Exchange {
  type: string
  _prime: Buffer
  _generator: Buffer
  _public?: Buffer
  generateKeys?: () => void
}

/** As ssh2 has it when the server has sent its group. */
function exchangeWith(prime: Buffer): Exchange {
  const protocol: { _kex?: Exchange } = {}
  takeGroupsAsTheyAre({ _protocol: protocol } as never)
  protocol._kex = { type: 'groupex', _prime: prime, _generator: Buffer.of(2) }
  return protocol._kex
}

test.each([1024, 16_384, 33_000 * 8])('a group of %i bits is refused, and nothing computed', bits => {
  const prime = Buffer.alloc(bits / 8, 0xff)
  const since = performance.now()
  expect(() => exchangeWith(prime).generateKeys?.()).toThrow(/bits/)
  expect(performance.now() - since).toBeLessThan(1000)
})

describeWith(['sshd'], 'a server that chooses the group itself', () => {
  test('is taken at once with the largest that it has, which blocks nothing', async () => {
    const server = await startSshd({
      config: ['KexAlgorithms diffie-hellman-group-exchange-sha256', 'Ciphers aes256-ctr', 'RekeyLimit 100K'],
    })
    let longest = 0
    let last = performance.now()
    const ticks = setInterval(() => {
      longest = Math.max(longest, performance.now() - last)
      last = performance.now()
    }, 5)
    try {
      const { knownHosts } = server
      const transport = createSshTransport({ policy: 'strict', knownHosts, home: '/nonexistent' })
      const session = await transport.connect(targetOf(server), new AbortController().signal)
      if ('code' in session) throw new Error(session.message)
      const { end, stdout } = await runExec(session, 'head -c 300000 /dev/zero')
      expect(end).toEqual(OK)
      expect(stdout.length).toBe(300_000)
      session.end()
      expect(longest).toBeLessThan(1000)
    } finally {
      clearInterval(ticks)
      await server.stop()
    }
  })
})
