import { expect, test } from 'vitest'
import type { Judgement, Rendered } from '../../src/model/program.ts'
import { ACTION, begin, programOf, resultOf, runAll } from './fleet.ts'
import { after, onHost, planOf } from './plans.ts'

const ONE = planOf(1, [{ targets: [0] }, { targets: [0], edges: [onHost(0)] }])

/** Up to three attempts of the first step, ten seconds apart. */
const retrying = programOf({
  judge: (step, _host, result, attempt): Judgement =>
    step === 0 && result.outcome === 'failed' && attempt < 3
      ? { kind: 'again', ms: 10_000 }
      : { kind: 'stands', result },
})

test('another attempt follows after its delay; the node starts and ends once', async () => {
  const { fleet, clock, events, ran } = begin(ONE, undefined, { program: retrying })
  fleet.finish('0@0', 'failed')
  expect([fleet.inFlight, clock.waiting]).toEqual([[], [10_000]])
  clock.next()
  fleet.finish('0@0', 'failed')
  clock.next()
  fleet.finish('0@0', 'ok')
  fleet.finish('1@0')
  await ran
  expect(
    events.flatMap(event => {
      if (event.kind === 'node_retried') return `retried ${event.attempt} for ${event.ms} at ${event.at}`
      return event.kind.startsWith('node_') ? event.kind : []
    }),
  ).toEqual([
    'node_sent',
    'node_started',
    'retried 1 for 10000 at 0',
    'node_sent',
    'retried 2 for 10000 at 10000',
    'node_sent',
    'node_finished',
    'node_sent',
    'node_started',
    'node_finished',
  ])
})

test('attempts that are used up leave the last result', async () => {
  const { outcomes, fleet } = await runAll(ONE, () => 'failed', { program: retrying })
  expect(outcomes.get('0@0')).toBe('failed')
  expect(fleet.calls.filter(call => call === 'start 0@0')).toHaveLength(3)
})

test('what is judged to be another result ends the node so', async () => {
  const program = programOf({
    judge: (_step, _host, result) => ({ kind: 'stands', result: { ...result, outcome: 'failed' } }),
  })
  const { outcomes } = await runAll(ONE, undefined, { program })
  expect(Object.fromEntries(outcomes)).toEqual({ '0@0': 'failed', '1@0': 'blocked' })
})

test('permits are given back between attempts, and asked for again', async () => {
  const plan = planOf(2, [{ targets: [0, 1], throttle: 1 }])
  const { fleet, clock, ran } = begin(plan, undefined, { program: retrying, forks: 1 })
  fleet.finish('0@0', 'failed')
  expect(fleet.inFlight).toEqual(['0@1'])
  clock.next()
  expect(fleet.inFlight).toEqual(['0@1'])
  fleet.finish('0@1', 'ok')
  expect(fleet.inFlight).toEqual(['0@0'])
  fleet.finish('0@0', 'ok')
  await ran
})

test('Ctrl-C ends what waits for another attempt, or for its time, at once', async () => {
  const user = new AbortController()
  const plan = planOf(1, [{ targets: [0] }, { targets: [0] }, { targets: [0], edges: [after(0, 'always')] }])
  const render = (step: number): Rendered =>
    step === 1 ? { kind: 'pause', ms: 60_000 } : { kind: 'action', action: ACTION }
  const { fleet, clock, ran } = begin(plan, undefined, {
    program: { ...retrying, render },
    signal: user.signal,
  })
  fleet.finish('0@0', 'failed')
  expect(clock.waiting).toEqual([10_000, 60_000])
  user.abort()
  const { outcomes, summary } = await ran
  expect(Object.fromEntries(outcomes)).toEqual({ '0@0': 'cancelled', '1@0': 'cancelled', '2@0': 'cancelled' })
  expect(clock.waiting).toEqual([])
  expect(summary.status).toBe(130)
})

test('no attempt follows a cancelled one, though its result asks for it', async () => {
  const user = new AbortController()
  const program = programOf({ judge: () => ({ kind: 'again', ms: 1000 }) })
  const { fleet, ran } = begin(planOf(2, [{ targets: [0, 1] }]), undefined, { program, signal: user.signal })
  user.abort()
  fleet.finish('0@0', 'ok')
  fleet.finish('0@1', 'failed')
  expect(Object.fromEntries((await ran).outcomes)).toEqual({ '0@0': 'cancelled', '0@1': 'failed' })
})

test('on_failure: stop lets attempts go on: they are nothing new', async () => {
  const plan = planOf(2, [{ targets: [0] }, { targets: [1], onFailure: 'stop' }])
  const { fleet, clock, ran } = begin(plan, undefined, { program: retrying })
  fleet.finish('0@0', 'failed')
  fleet.finish('1@1', 'failed')
  clock.next()
  fleet.finish('0@0', 'ok')
  expect((await ran).outcomes.get('0@0')).toBe('ok')
})

test('an attempt that waits for a permit when the run stops is nothing new either', async () => {
  const plan = planOf(3, [
    { targets: [0, 2], throttle: 1 },
    { targets: [1], onFailure: 'stop' },
  ])
  const { fleet, clock, ran } = begin(plan, undefined, { program: retrying })
  fleet.finish('0@0', 'failed')
  clock.next()
  expect(fleet.inFlight).toEqual(['1@1', '0@2'])
  fleet.finish('1@1', 'failed')
  fleet.finish('0@2')
  expect(fleet.inFlight).toEqual(['0@0'])
  fleet.finish('0@0')
  expect((await ran).outcomes.get('0@0')).toBe('ok')
})

test('a host that goes while a node waits for another attempt ends it as unreachable, at once', async () => {
  const { fleet, clock, ran } = begin(planOf(1, [{ targets: [0] }, { targets: [0] }]), undefined, {
    program: retrying,
  })
  fleet.finish('0@0', 'failed')
  fleet.finish('1@0', 'unreachable')
  expect(clock.waiting).toEqual([])
  const { outcomes } = await ran
  expect(Object.fromEntries(outcomes)).toEqual({ '0@0': 'unreachable', '1@0': 'unreachable' })
})

test('a pause holds no permit, tells that it started, and needs no connection', async () => {
  const plan = planOf(2, [{ targets: [0, 1] }])
  const program = programOf({ render: () => ({ kind: 'pause', ms: 5000 }) })
  const { events, fleet } = await runAll(plan, undefined, { program, forks: 1 })
  expect(events.filter(event => event.kind.startsWith('node_')).map(event => [event.kind, event.at])).toEqual(
    [
      ['node_started', 0],
      ['node_started', 0],
      ['node_finished', 5000],
      ['node_finished', 5000],
    ],
  )
  expect(fleet.calls).toEqual(['close'])
})

test('a node that has nothing to send makes no connection and starts nothing', async () => {
  const plan = planOf(3, [{ targets: [0, 1, 2] }])
  const program = programOf({ render: () => ({ kind: 'result', result: resultOf('skipped') }) })
  const { summary, fleet, events } = await runAll(plan, undefined, { program, forks: 1 })
  expect(summary).toMatchObject({ status: 0, counts: { skipped: 3 } })
  expect(fleet.calls).toEqual(['close'])
  expect(events.map(event => event.kind)).not.toContain('node_started')
})

test('an exception in the program is a bug', async () => {
  const judge = () => {
    throw new TypeError('oops')
  }
  const judged = await runAll(ONE, undefined, { program: programOf({ judge }) })
  expect(judged.summary).toMatchObject({ status: 70, counts: { failed: 1, blocked: 1 } })
  await expect(runAll(ONE, undefined, { program: programOf({ ended: judge }) })).rejects.toThrow('oops')
})
