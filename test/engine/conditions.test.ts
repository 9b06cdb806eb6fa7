import { expect, test } from 'vitest'
import type { Outcome } from '../../src/model/outcome.ts'
import { begin, type NodeName, nameOf, runAll } from './fleet.ts'
import { after, onAll, onHost, planOf } from './plans.ts'

const BOTH = [0, 1]

const except = (ends: Partial<Record<NodeName, Outcome>>) => (step: number, host: number) =>
  ends[nameOf(step, host)] ?? 'ok'

test('if: always runs however the need ended, if: failed only where it failed', async () => {
  const plan = planOf(2, [
    { targets: BOTH },
    { targets: BOTH, edges: [after(0, 'always')] },
    { targets: BOTH, edges: [after(0, 'failed')] },
    { targets: BOTH, edges: [onHost(2)] },
  ])
  const { outcomes, events, summary } = await runAll(plan, except({ '0@1': 'failed' }))
  expect(Object.fromEntries(outcomes)).toMatchObject({
    '1@0': 'ok',
    '1@1': 'ok',
    '2@0': 'skipped',
    '2@1': 'ok',
  })
  expect([outcomes.get('3@0'), outcomes.get('3@1')]).toEqual(['ok', 'ok'])
  expect(summary).toMatchObject({ status: 1, counts: { skipped: 1 } })
  expect(events.find(event => event.kind === 'node_finished' && event.outcome === 'skipped')).toMatchObject({
    result: { outcome: 'skipped', note: expect.stringContaining('nothing failed') },
  })
})

test('a run in which cleanup has nothing to do ends well', async () => {
  const plan = planOf(1, [{ targets: [0] }, { targets: [0], edges: [after(0, 'failed')] }])
  expect((await runAll(plan)).summary).toMatchObject({ status: 0, counts: { ok: 1, skipped: 1 } })
})

test('if: failed sees every bad end, that of a blocked need and of on_failure: continue too', async () => {
  const plan = planOf(1, [
    { targets: [0], onFailure: 'continue' },
    { targets: [0], edges: [after(0, 'failed')] },
    { targets: [0] },
    { targets: [0], edges: [onHost(2)] },
    { targets: [0], edges: [after(3, 'failed')] },
  ])
  const { outcomes, fleet } = await runAll(plan, except({ '0@0': 'failed', '2@0': 'refused' }))
  expect(['1@0', '3@0', '4@0'].map(name => outcomes.get(name as NodeName))).toEqual(['ok', 'blocked', 'ok'])
  expect(fleet.calls).toContain('start 4@0')
})

test('of several failed needs one bad one is enough, and it waits for all of them', async () => {
  const plan = planOf(1, [
    { targets: [0] },
    { targets: [0] },
    { targets: [0], edges: [after(0, 'failed'), after(1, 'failed')] },
  ])
  const { fleet, ran } = begin(plan)
  fleet.finish('0@0', 'failed')
  expect(fleet.inFlight).toEqual(['1@0'])
  fleet.finish('1@0')
  expect(fleet.inFlight).toEqual(['2@0'])
  fleet.finish('2@0')
  await ran
})

test('an unmet success need blocks, whatever the other needs say', async () => {
  const plan = planOf(1, [
    { targets: [0] },
    { targets: [0] },
    { targets: [0], edges: [onHost(0), after(1, 'failed')] },
  ])
  const { outcomes } = await runAll(plan, except({ '0@0': 'failed', '1@0': 'failed' }))
  expect(outcomes.get('2@0')).toBe('blocked')
})

test('on all: one bad host is enough for if: failed, a tolerated one too, and all must have ended', async () => {
  const plan = planOf(2, [
    { targets: BOTH, tolerated: 1 },
    { targets: BOTH, edges: [after(0, 'failed', 'all')] },
  ])
  const { fleet, ran } = begin(plan)
  fleet.finish('0@0', 'failed')
  expect(fleet.inFlight).toEqual(['0@1'])
  fleet.finish('0@1')
  expect(fleet.inFlight).toEqual(['1@0', '1@1'])
  for (const name of [...fleet.inFlight]) fleet.finish(name)
  await ran
})

test('cleanup does not start beside what its blocked need would still have waited for', async () => {
  const plan = planOf(2, [
    { targets: BOTH },
    { targets: BOTH, edges: [onAll(0)] },
    { targets: BOTH, edges: [after(1, 'always')] },
  ])
  const { fleet, events, ran } = begin(plan)
  fleet.finish('0@0', 'failed')
  expect(events.filter(event => event.kind === 'node_finished' && event.outcome === 'blocked')).toHaveLength(
    2,
  )
  expect(fleet.inFlight).toEqual(['0@1'])
  fleet.finish('0@1')
  expect(fleet.inFlight).toEqual(['2@0', '2@1'])
  for (const name of [...fleet.inFlight]) fleet.finish(name)
  await ran
})

test('a condition passes through an excluded step to what that needs', async () => {
  const plan = planOf(1, [
    { targets: [0] },
    { targets: [], edges: [onHost(0)] },
    { targets: [0], edges: [after(1, 'failed')] },
    { targets: [], edges: [after(0, 'always')] },
    { targets: [0], edges: [after(3, 'failed')] },
    { targets: [0], edges: [onHost(3)] },
  ])
  const failed = await runAll(plan, except({ '0@0': 'failed' }))
  expect(Object.fromEntries(failed.outcomes)).toEqual({
    '0@0': 'failed',
    '2@0': 'ok',
    '4@0': 'skipped',
    '5@0': 'ok',
  })
  const well = await runAll(plan)
  expect(Object.fromEntries(well.outcomes)).toEqual({
    '0@0': 'ok',
    '2@0': 'skipped',
    '4@0': 'skipped',
    '5@0': 'ok',
  })
})

test('where a step is idle, edges pass through it without waiting for its other hosts', async () => {
  const plan = planOf(2, [
    { targets: BOTH },
    { targets: [0], idle: [1], edges: [onHost(0)] },
    { targets: BOTH, edges: [onHost(1)] },
    { targets: [0], edges: [onAll(1)] },
  ])
  const { fleet, ran } = begin(plan)
  fleet.finish('0@1')
  expect(fleet.inFlight).toEqual(['0@0', '2@1'])
  fleet.finish('0@0')
  fleet.finish('1@0')
  expect(fleet.inFlight).toEqual(['2@1', '2@0', '3@0'])
  for (const name of [...fleet.inFlight]) fleet.finish(name)
  await ran
})

test('all hosts of a step are also those where it is idle', async () => {
  const plan = planOf(2, [
    { targets: BOTH },
    { targets: [0], idle: [1], edges: [onHost(0)] },
    { targets: [0], edges: [onAll(1)] },
  ])
  const { outcomes } = await runAll(plan, except({ '0@1': 'failed' }))
  expect(outcomes.get('2@0')).toBe('blocked')
})

test('on_failure: stop lets cleanup run, for steps that never started too, and nothing else', async () => {
  const plan = planOf(2, [
    { targets: BOTH, onFailure: 'stop' },
    { targets: BOTH, edges: [onHost(0)] },
    { targets: BOTH, edges: [after(1, 'always')] },
    { targets: BOTH, edges: [onHost(2)] },
    { targets: [0], edges: [onHost(0), after(1, 'failed')] },
  ])
  const { outcomes, summary } = await runAll(plan, except({ '0@0': 'failed' }))
  expect(Object.fromEntries(outcomes)).toEqual({
    '0@0': 'failed',
    '0@1': 'ok',
    '1@0': 'blocked',
    '1@1': 'blocked',
    '2@0': 'ok',
    '2@1': 'ok',
    '3@0': 'blocked',
    '3@1': 'blocked',
    '4@0': 'blocked',
  })
  expect(summary).toMatchObject({ stopped: 'on_failure', status: 1 })
})

test('Ctrl-C while cleanup runs starts nothing more, cleanup neither', async () => {
  const plan = planOf(1, [
    { targets: [0], onFailure: 'stop' },
    { targets: [0], edges: [after(0, 'always')] },
    { targets: [0], edges: [after(1, 'always')] },
  ])
  const user = new AbortController()
  const { fleet, ran } = begin(plan, undefined, { signal: user.signal })
  fleet.finish('0@0', 'failed')
  expect(fleet.inFlight).toEqual(['1@0'])
  user.abort()
  fleet.finish('1@0', 'cancelled')
  const { outcomes, summary } = await ran
  expect(outcomes.get('2@0')).toBe('cancelled')
  expect(summary).toMatchObject({ status: 130, stopped: 'on_failure' })
})

test('on a host that cannot be reached, cleanup is blocked too; elsewhere it runs', async () => {
  const plan = planOf(2, [
    { targets: BOTH },
    { targets: BOTH, edges: [after(0, 'always')] },
    { targets: [0], edges: [after(0, 'failed', 'all')] },
  ])
  const { outcomes } = await runAll(plan, except({ '0@1': 'unreachable' }))
  expect(Object.fromEntries(outcomes)).toMatchObject({ '1@0': 'ok', '1@1': 'blocked', '2@0': 'ok' })
})
