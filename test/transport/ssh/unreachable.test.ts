import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import type { Failure } from '../../../src/model/errors.ts'
import { LIMITS } from '../../../src/model/limits.ts'
import { createSshTransport } from '../../../src/transport/ssh/ssh-transport.ts'
import { startBlackHole } from '../../fault/black-hole.ts'
import { type Fault, startFaultyServer } from '../../fault/faulty-server.ts'

async function connect(address: string, port: number): Promise<Failure> {
  const transport = createSshTransport({ policy: 'off', knownHosts: join(tmpdir(), 'none'), home: tmpdir() })
  const connection = { transport: 'ssh', address, port, user: 'nobody', keys: [] } as const
  const result = await transport.connect({ host: 'web1', connection }, new AbortController().signal)
  if (!('code' in result)) throw new Error('connected')
  return result
}

test('a port where nobody listens', async () => {
  const server = await startFaultyServer('silent')
  await server.stop()
  const failure = await connect(server.host, server.port)
  expect(failure).toMatchObject({
    code: 'connect_refused',
    message: `127.0.0.1:${server.port} refuses connections`,
  })
  expect(failure.hint).toContain('sshd')
})

test('a name without an address', async () => {
  const failure = await connect('no-such-host.invalid', 22)
  expect(failure.code).toBe('connect_failed')
  expect(failure.message).toContain('no-such-host.invalid')
})

afterEach(() => void vi.useRealTimers())

/** Lets so much time pass on our clock once the attempt is under way, without waiting for it. */
async function connectAndWait(
  address: string,
  port: number,
  opened: () => boolean,
  ms: number,
): Promise<Failure> {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const result = connect(address, port)
  do await new Promise(resolve => setImmediate(resolve))
  while (!opened())
  vi.advanceTimersByTime(ms - 1)
  expect(await Promise.race([result, new Promise(resolve => setImmediate(resolve, 'waits'))])).toBe('waits')
  vi.advanceTimersByTime(1)
  return result
}

test('an address that answers nothing', async () => {
  const hole = await startBlackHole()
  try {
    const failure = await connectAndWait(hole.host, hole.port, () => vi.getTimerCount() > 0, LIMITS.connectMs)
    expect(failure).toMatchObject({
      code: 'connect_timeout',
      message: expect.stringContaining('does not answer'),
    })
  } finally {
    await hole.stop()
  }
})

test.each(['silent', 'stops_after_version'] as const)('a server that hangs: %s', async fault => {
  const server = await startFaultyServer(fault)
  try {
    const failure = await connectAndWait(server.host, server.port, () => server.opened() > 0, LIMITS.loginMs)
    expect(failure).toMatchObject({
      code: 'connect_timeout',
      message: expect.stringContaining('takes connections'),
    })
  } finally {
    await server.stop()
  }
})

const FAULTS = [
  'closes',
  'resets',
  'garbage',
  'http',
  'endless_line',
  'endless_banner',
  'old_version',
  'bad_packet',
] as const satisfies readonly Fault[]

const HANG_UP: ReadonlySet<Fault> = new Set(['closes', 'resets', 'http'])

test.each(FAULTS)('a server that misbehaves: %s', async fault => {
  const server = await startFaultyServer(fault)
  try {
    const failure = await connect(server.host, server.port)
    expect(failure).toMatchObject({
      code: HANG_UP.has(fault) ? 'connect_closed' : 'connect_protocol',
      hint: expect.any(String),
    })
    expect(failure.message).toContain(`127.0.0.1:${server.port}`)
    expect(failure.message).not.toMatch(/[^\x20-\x7e…]/)
    expect(server.opened()).toBe(1)
    expect(server.sent()).toBeLessThan(64 << 20)
  } finally {
    await server.stop()
  }
})
