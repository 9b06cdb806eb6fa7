import { expect, test } from 'vitest'
import type { RunEvent } from '../../src/model/event.ts'
import { begin, runAll } from './fleet.ts'
import { onHost, planOf } from './plans.ts'

const CHAIN = planOf(2, [{ targets: [0, 1] }, { targets: [0, 1], edges: [onHost(0)] }])

test('the first cancel starts nothing more and asks what runs to end; the second kills it', async () => {
  const user = { cancel: new AbortController(), now: new AbortController() }
  const { fleet, ran } = begin(CHAIN, undefined, { signal: user.cancel.signal, nowSignal: user.now.signal })
  fleet.finish('0@0')
  user.cancel.abort()
  expect(fleet.calls.slice(-2).toSorted()).toEqual(['cancel 0@1', 'cancel 1@0'])
  user.now.abort()
  expect(fleet.calls.slice(-2).toSorted()).toEqual(['now 0@1', 'now 1@0'])
  fleet.finish('0@1', 'cancelled')
  fleet.finish('1@0', 'ok')
  const { outcomes, summary } = await ran
  expect(Object.fromEntries(outcomes)).toEqual({
    '0@0': 'ok',
    '0@1': 'cancelled',
    '1@0': 'ok',
    '1@1': 'cancelled',
  })
  expect(summary).toMatchObject({ stopped: 'interrupted', status: 130 })
})

test('a run whose time is over ends as if cancelled, and failed', async () => {
  const { fleet, ran, clock } = begin(CHAIN, undefined, { timeoutMs: 60_000 })
  fleet.finish('0@0')
  expect(clock.waiting).toEqual([60_000])
  clock.next()
  expect(fleet.calls.slice(-2).toSorted()).toEqual(['cancel 0@1', 'cancel 1@0'])
  fleet.finish('0@1', 'cancelled')
  fleet.finish('1@0', 'ok')
  const { summary } = await ran
  expect(summary).toMatchObject({ stopped: 'timeout', status: 1, counts: { ok: 2, cancelled: 2 } })
})

test('Ctrl-C while a run ends for its time-out is an interruption all the same', async () => {
  const user = new AbortController()
  const { fleet, ran, clock } = begin(CHAIN, undefined, { timeoutMs: 60_000, nowSignal: user.signal })
  clock.next()
  user.abort()
  expect(fleet.calls.slice(-2).toSorted()).toEqual(['now 0@0', 'now 0@1'])
  for (const node of ['0@0', '0@1'] as const) fleet.finish(node, 'cancelled')
  expect((await ran).summary).toMatchObject({ stopped: 'timeout', status: 130 })
})

test('a run that ends before its time-out leaves no timer, and a last node that still succeeds counts as too late', async () => {
  const well = begin(planOf(1, [{ targets: [0] }]), undefined, { timeoutMs: 60_000 })
  well.fleet.finish('0@0')
  expect((await well.ran).summary.status).toBe(0)
  expect(well.clock.waiting).toEqual([])
  const late = begin(planOf(1, [{ targets: [0] }]), undefined, { timeoutMs: 60_000 })
  late.clock.next()
  late.fleet.finish('0@0', 'ok')
  expect((await late.ran).summary).toMatchObject({ stopped: 'timeout', status: 1 })
})

test('a run that was cancelled before it began ends at once', async () => {
  const { summary, fleet } = await runAll(CHAIN, undefined, { signal: AbortSignal.abort() })
  expect(summary.counts.cancelled).toBe(4)
  expect(fleet.calls).toEqual(['close'])
})

test('a plan without nodes ends at once, well', async () => {
  const { summary, events } = await runAll(planOf(0, []))
  expect(summary.status).toBe(0)
  expect(events.map(event => event.kind)).toEqual(['run_started', 'run_finished'])
})

test('a listener that throws is dropped and reported; the others hear everything', async () => {
  const broken: unknown[] = []
  const heard: RunEvent[] = []
  let calls = 0
  const { events } = await runAll(CHAIN, undefined, {
    onBrokenListener: error => void broken.push(error),
    listeners: [
      () => {
        calls += 1
        throw new Error('a broken renderer')
      },
      () => Promise.reject(new Error('a broken pipe')),
      event => void heard.push(event),
    ],
  })
  expect(heard).toEqual(events)
  expect(calls).toBe(1)
  expect(broken.map(String).toSorted()).toEqual(['Error: a broken pipe', 'Error: a broken renderer'])
})

test('output is held back while a listener cannot take more', async () => {
  let takeMore = () => {}
  const plan = planOf(1, [{ targets: [0] }])
  const { fleet, ran } = begin(plan, undefined, {
    listeners: [
      event => {
        if (event.kind === 'node_output') return new Promise<void>(resolve => (takeMore = resolve))
        return undefined
      },
    ],
  })
  const held = fleet.events.output(0, 0, 'stdout', 'a flood')
  let released = false
  const following = Promise.resolve(held).then(() => (released = true))
  await new Promise(resolve => setImmediate(resolve))
  expect(released).toBe(false)
  takeMore()
  await following
  expect(fleet.events.output(0, 0, 'stdout', '')).toBeInstanceOf(Promise)
  takeMore()
  fleet.finish('0@0')
  await ran
})

test('a listener that never takes more does not hold up a user who insists', async () => {
  const now = new AbortController()
  const { fleet, ran } = begin(planOf(1, [{ targets: [0] }]), undefined, {
    nowSignal: now.signal,
    listeners: [
      event => {
        if (event.kind !== 'run_finished') return undefined
        setImmediate(() => now.abort())
        return new Promise<void>(() => {})
      },
    ],
  })
  fleet.finish('0@0')
  expect((await ran).summary.status).toBe(0)
})
