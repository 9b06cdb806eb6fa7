import { expect, test } from 'vitest'
import { NO_BATCH, type Plan, type Rolling } from '../../src/model/plan.ts'
import { begin, type NodeName, runAll } from './fleet.ts'
import { after, onHost, planOf, type StepShape } from './plans.ts'

const ALL = [0, 1, 2]

/** A group of the first two steps, one host a batch unless said otherwise. */
function rolled(more: Partial<Rolling> = {}, others: readonly StepShape[] = []): Plan {
  const rolling: Rolling = {
    batchOf: Uint32Array.from([0, 1, 2]),
    batches: 3,
    steps: [0, 1],
    tolerated: 0,
    pauseMs: 0,
    ...more,
  }
  const members = [
    { targets: ALL, rolling: 0 },
    { targets: ALL, rolling: 0, edges: [onHost(0)] },
  ]
  return planOf(3, [...members, ...others], { rollings: [rolling] })
}

test('a batch starts when the one before has ended on all its hosts', async () => {
  const plan = rolled({ batchOf: Uint32Array.from([0, 0, 1]), batches: 2 })
  const { fleet, clock, ran } = begin(plan)
  expect(fleet.inFlight).toEqual(['0@0', '0@1'])
  for (const name of ['0@0', '1@0', '0@1'] as const) fleet.finish(name)
  expect(fleet.inFlight).toEqual(['1@1'])
  fleet.finish('1@1')
  expect(clock.waiting).toEqual([0])
  clock.next()
  expect(fleet.inFlight).toEqual(['0@2'])
  fleet.finish('0@2')
  fleet.finish('1@2')
  expect((await ran).summary.counts.ok).toBe(6)
})

test('between batches there is the pause, and not after the last', async () => {
  const { fleet, clock, ran } = begin(rolled({ pauseMs: 30_000 }))
  const starts: string[] = []
  for (let turn = 0; turn < 20 && (fleet.inFlight.length > 0 || clock.next()); turn += 1) {
    const name = fleet.inFlight[0]
    if (name === undefined) continue
    starts.push(`${name} at ${clock.now}`)
    fleet.finish(name)
  }
  expect(starts).toEqual([
    '0@0 at 0',
    '1@0 at 0',
    '0@1 at 30000',
    '1@1 at 30000',
    '0@2 at 60000',
    '1@2 at 60000',
  ])
  expect(clock.waiting).toEqual([])
  await ran
})

test('too many bad hosts stop the batches that have not begun; cleanup after the group runs', async () => {
  const plan = rolled({}, [{ targets: ALL, edges: [after(1, 'always')] }])
  const { outcomes, events, summary } = await runAll(plan, (step, host) =>
    step === 0 && host === 1 ? 'failed' : 'ok',
  )
  expect(Object.fromEntries(outcomes)).toEqual({
    '0@0': 'ok',
    '1@0': 'ok',
    '2@0': 'ok',
    '0@1': 'failed',
    '1@1': 'blocked',
    '2@1': 'ok',
    '0@2': 'blocked',
    '1@2': 'blocked',
    '2@2': 'ok',
  })
  expect(
    events.find(event => event.kind === 'node_finished' && event.step === 0 && event.host === 2),
  ).toMatchObject({ cause: { step: 0, host: 1 } })
  expect(summary.status).toBe(1)
})

test('so many bad hosts as are tolerated do not; each counts once, and on_failure: continue not at all', async () => {
  const own = (_: number, host: number) => (host === 0 ? ('failed' as const) : ('ok' as const))
  const { outcomes } = await runAll(rolled({ tolerated: 1 }), own)
  expect([outcomes.get('1@1'), outcomes.get('1@2')]).toEqual(['ok', 'ok'])
  const plan = rolled()
  const steps = plan.steps.map(step => ({ ...step, onFailure: 'continue' as const }))
  const going = await runAll({ ...plan, steps }, own)
  expect(going.outcomes.get('1@2')).toBe('ok')
  const lost = await runAll({ ...plan, steps }, (_, host) => (host === 0 ? 'unreachable' : 'ok'))
  expect(lost.outcomes.get('0@1')).toBe('blocked')
})

test('a batch whose hosts cannot be reached any more is passed over, without a pause', async () => {
  const plan = planOf(
    3,
    [
      { targets: ALL },
      { targets: ALL, edges: [onHost(0)], rolling: 0 },
      { targets: ALL, edges: [onHost(1)], rolling: 0 },
    ],
    {
      rollings: [
        { batchOf: Uint32Array.from([0, 1, 2]), batches: 3, steps: [1, 2], tolerated: 0, pauseMs: 1000 },
      ],
    },
  )
  const { outcomes, events } = await runAll(plan, (_, host) => (host === 1 ? 'unreachable' : 'ok'))
  expect([outcomes.get('2@0'), outcomes.get('1@1'), outcomes.get('2@2')]).toEqual(['ok', 'blocked', 'ok'])
  expect(events.at(-1)?.at).toBe(1000)
})

test('a host outside the group does not wait for batches', async () => {
  const plan = rolled({ batchOf: Uint32Array.from([0, 1, NO_BATCH]), batches: 2 })
  const { fleet, ran } = begin(plan)
  expect(fleet.inFlight).toEqual(['0@0', '0@2'])
  fleet.finish('0@0', 'failed')
  while (fleet.inFlight.length > 0) fleet.finish(fleet.inFlight[0] as NodeName)
  expect((await ran).outcomes.get('0@1')).toBe('blocked')
})

test('on_failure: stop and Ctrl-C end a pause between batches', async () => {
  const stops = rolled({ pauseMs: 60_000 }, [{ targets: [0], onFailure: 'stop' }])
  const stopped = begin(stops)
  stopped.fleet.finish('0@0')
  stopped.fleet.finish('1@0')
  expect(stopped.clock.waiting).toEqual([60_000])
  stopped.fleet.finish('2@0', 'failed')
  expect((await stopped.ran).outcomes.get('0@1')).toBe('blocked')
  expect(stopped.clock.waiting).toEqual([])
  const user = new AbortController()
  const cancelled = begin(rolled({ pauseMs: 60_000 }), undefined, { signal: user.signal })
  cancelled.fleet.finish('0@0')
  cancelled.fleet.finish('1@0')
  user.abort()
  expect((await cancelled.ran).outcomes.get('0@1')).toBe('cancelled')
  expect(cancelled.clock.waiting).toEqual([])
})

test('cleanup within a batch that never began does not run', async () => {
  const plan = rolled({ steps: [0, 1, 2] }, [{ targets: ALL, rolling: 0, edges: [after(1, 'always')] }])
  const { outcomes } = await runAll(plan, (step, host) => (step === 1 && host === 0 ? 'failed' : 'ok'))
  expect([outcomes.get('2@0'), outcomes.get('2@1'), outcomes.get('2@2')]).toEqual([
    'ok',
    'blocked',
    'blocked',
  ])
})
