import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { ErrorCode, Failure } from '../../src/model/errors.ts'
import { LIMITS } from '../../src/model/limits.ts'
import type { Session } from '../../src/transport/transport.ts'
import { connectPatiently } from '../../src/worker/connect-patiently.ts'

const SESSION = { exec: () => {}, end: () => {} } as unknown as Session
const failing = (code: ErrorCode): Failure => ({ code, message: 'no' })

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
afterEach(() => void vi.useRealTimers())

/** What comes of attempts that go so, each of which takes some time, and the moments at which they began. */
async function attempts(
  outcomes: readonly (ErrorCode | 'connects')[],
  {
    retries,
    least,
    random = 1,
    takes = 0,
  }: { retries?: number; least?: number; random?: number; takes?: number } = {},
) {
  const begun: number[] = []
  const since = performance.now()
  const { signal } = new AbortController()
  const connect = async () => {
    begun.push(performance.now() - since)
    if (takes > 0) await new Promise(resolve => setTimeout(resolve, takes))
    const outcome = outcomes[Math.min(begun.length, outcomes.length) - 1] as ErrorCode | 'connects'
    return outcome === 'connects' ? SESSION : failing(outcome)
  }
  const patience = {
    random: () => random,
    ...(retries === undefined ? {} : { retries }),
    ...(least === undefined ? {} : { least }),
  }
  const made = connectPatiently(connect, patience, signal)
  await vi.runAllTimersAsync()
  const result = await made
  return { begun, result: 'code' in result ? result.code : 'connects' }
}

describe('without a number', () => {
  test('a server that hangs up before the login is asked again, at growing distances', async () => {
    expect(await attempts(['connect_closed', 'connect_closed', 'connects'])).toEqual({
      begun: [0, 500, 1500],
      result: 'connects',
    })
    expect(await attempts(['connect_closed'])).toEqual({
      begun: [0, 500, 1500, 3500, 7500, 15_500],
      result: 'connect_closed',
    })
  })

  test('chance halves the pauses at most', async () => {
    expect((await attempts(['connect_closed'], { random: 0 })).begun).toEqual([
      ...[0, 250, 750, 1750, 3750, 7750],
    ])
  })

  test('no attempt begins later than one may take', async () => {
    const { begun } = await attempts(['connect_closed'], { takes: 12_000 })
    expect(begun).toEqual([0, 12_500, 25_500, 39_500])
    expect(begun.at(-1)).toBeLessThan(LIMITS.connectMs + LIMITS.loginMs)
  })

  test.each<ErrorCode>([
    ...(['connect_refused', 'connect_timeout', 'connect_failed', 'connect_protocol'] as const),
    ...(['login_refused', 'login_key', 'host_key_changed', 'host_key_unknown', 'bug'] as const),
  ])('%s stays as it is', async code => {
    expect(await attempts([code, 'connects'])).toEqual({ begun: [0], result: code })
  })
})

describe('with a number', () => {
  test.each<ErrorCode>(['connect_refused', 'connect_timeout', 'connect_failed', 'connect_closed'])(
    '%s is met so often again',
    async code => {
      expect(await attempts([code, code, 'connects'], { retries: 2 })).toMatchObject({ result: 'connects' })
      expect(await attempts([code, code, 'connects'], { retries: 1 })).toMatchObject({ result: code })
      expect((await attempts([code], { retries: 0 })).begun).toEqual([0])
    },
  )

  test('pauses stop growing', async () => {
    const { begun } = await attempts(['connect_timeout'], { retries: 7, takes: 10_000 })
    const pauses = begun.slice(1).map((at, index) => at - (begun[index] ?? 0) - 10_000)
    expect(pauses).toEqual([500, 1000, 2000, 4000, 8000, 15_000, 15_000])
  })

  test.each<ErrorCode>(['login_refused', 'login_key', 'host_key_changed', 'interrupted'])(
    '%s stays as it is',
    async code => {
      expect(await attempts([code, 'connects'], { retries: 9 })).toEqual({ begun: [0], result: code })
    },
  )
})

test('what the SSH configuration says makes a busy server no less patiently met, and counts where no number is given', async () => {
  expect((await attempts(['connect_closed'], { least: 2 })).begun).toHaveLength(1 + LIMITS.busyRetries)
  expect((await attempts(['connect_refused'], { least: 2 })).begun).toEqual([0, 500, 1500])
  expect((await attempts(['connect_refused'], { least: 2, retries: 0 })).begun).toEqual([0])
  expect((await attempts(['login_refused'], { least: 2 })).begun).toEqual([0])
})

test('a host that is not needed any more is not waited for', async () => {
  const user = new AbortController()
  const patience = { retries: 9, random: () => 1 }
  const made = connectPatiently(async () => failing('connect_refused'), patience, user.signal)
  await vi.advanceTimersByTimeAsync(500)
  user.abort()
  expect(await made).toMatchObject({ code: 'connect_refused' })
  expect(vi.getTimerCount()).toBe(0)
})
