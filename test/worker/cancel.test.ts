import { expect, test } from 'vitest'
import type { RunEvent } from '../../src/model/event.ts'
import { isAlive, runOn, startFakePool } from './pools.ts'

/** Aborts when the node has started, and by that is certainly in its worker. */
function onStart(abort: () => void) {
  return (event: RunEvent) => {
    if (event.kind === 'node_started') abort()
  }
}

test('cancel ends what runs and starts nothing more', async () => {
  const user = new AbortController()
  const { results, summary } = await runOn(
    startFakePool(),
    { hosts: ['h'], scripts: ['hang', 'true'] },
    { signal: user.signal, listeners: [onStart(() => user.abort())] },
  )
  expect(results.get('0@0')).toMatchObject({ outcome: 'cancelled', note: 'cancel' })
  expect(summary).toMatchObject({ stopped: 'interrupted', status: 130, counts: { cancelled: 2 } })
})

test('cancel does not wait for a host that never answers', async () => {
  const user = new AbortController()
  const running = runOn(
    startFakePool(),
    { hosts: ['hole', 'h'], scripts: ['hang'] },
    { signal: user.signal, listeners: [onStart(() => user.abort())] },
  )
  expect((await running).summary.counts.cancelled).toBe(2)
})

test.concurrent('a step that ignores being stopped is given up, as unknown', async () => {
  const user = { first: new AbortController(), second: new AbortController() }
  const { results } = await runOn(
    startFakePool(),
    { hosts: ['h'], scripts: ['stubborn'] },
    {
      signal: user.first.signal,
      nowSignal: user.second.signal,
      listeners: [
        onStart(() => {
          user.first.abort()
          user.second.abort()
        }),
      ],
    },
  )
  expect(results.get('0@0')).toMatchObject({ outcome: 'unknown', failure: { code: 'interrupted' } })
})

test.concurrent('a worker that hangs is killed when the run is cancelled', async () => {
  const pool = startFakePool()
  const pids = pool.pids
  const user = { first: new AbortController(), second: new AbortController() }
  const { results } = await runOn(
    pool,
    { hosts: ['h'], scripts: ['spin'] },
    {
      signal: user.first.signal,
      nowSignal: user.second.signal,
      listeners: [
        onStart(() => {
          user.first.abort()
          user.second.abort()
        }),
      ],
    },
  )
  expect(results.get('0@0')).toMatchObject({
    outcome: 'unknown',
    failure: { code: 'worker_died' },
  })
  expect(pids.filter(isAlive)).toEqual([])
})

test.concurrent('closing kills a worker that does not end by itself', async () => {
  const pool = startFakePool()
  const pids = pool.pids
  const { promise: started, resolve } = Promise.withResolvers<void>()
  const running = runOn(pool, { hosts: ['h'], scripts: ['spin'] }, { listeners: [onStart(resolve)] })
  await started
  await pool.close()
  await running
  expect(pids.filter(isAlive)).toEqual([])
})

test('what a terminal sends to the whole group does not end a worker', async () => {
  const pool = startFakePool()
  const user = new AbortController()
  const { results } = await runOn(
    pool,
    { hosts: ['h'], scripts: ['hang'] },
    {
      signal: user.signal,
      listeners: [
        onStart(() => {
          for (const pid of pool.pids) {
            for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.kill(pid, signal)
          }
          setTimeout(() => user.abort(), 100)
        }),
      ],
    },
  )
  expect(results.get('0@0')?.outcome).toBe('cancelled')
})
