import { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import { LIMITS } from '../../../src/model/limits.ts'
import { watchLink } from '../../../src/transport/ssh/keepalive.ts'

afterEach(() => void vi.useRealTimers())

function watch(answers: boolean) {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const socket = new EventEmitter()
  const seen = { asked: 0, dead: 0 }
  const client = {
    unforwardIn: () => {
      seen.asked += 1
      if (answers) socket.emit('data', Buffer.alloc(1))
    },
  }
  const end = watchLink(client as never, socket as Socket, () => {
    seen.dead += 1
  })
  return { socket, seen, end }
}

const LIMIT = LIMITS.keepaliveMs * LIMITS.keepaliveMisses

test('a link that says nothing is dead when its time is over, counted from what came last', () => {
  const { socket, seen } = watch(false)
  vi.advanceTimersByTime(10_000)
  socket.emit('data', Buffer.alloc(1))
  vi.advanceTimersByTime(LIMIT - 1)
  expect(seen).toEqual({ asked: LIMITS.keepaliveMisses - 1, dead: 0 })
  vi.advanceTimersByTime(1)
  expect(seen.dead).toBe(1)
  vi.advanceTimersByTime(10 * LIMIT)
  expect(seen.dead).toBe(1)
})

test('one that answers lives, and so does one that moves while the answer has to wait', () => {
  const idle = watch(true)
  vi.advanceTimersByTime(10 * LIMIT)
  expect(idle.seen.dead).toBe(0)
  expect(idle.seen.asked).toBeGreaterThan(0)
  const busy = watch(false)
  for (let passed = 0; passed < 5 * LIMIT; passed += LIMITS.keepaliveMs * 2) {
    vi.advanceTimersByTime(LIMITS.keepaliveMs * 2)
    busy.socket.emit('data', Buffer.alloc(1))
  }
  expect(busy.seen.dead).toBe(0)
})

test('nothing is left of it when it is ended', () => {
  const { socket, seen, end } = watch(false)
  end()
  expect(socket.listenerCount('data')).toBe(0)
  vi.advanceTimersByTime(10 * LIMIT)
  expect(seen).toEqual({ asked: 0, dead: 0 })
})
