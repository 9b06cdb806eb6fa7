import { expect, test } from 'vitest'
import type { Outcome } from '../../src/model/outcome.ts'
import { ACTION, begin, type NodeName, nameOf, programOf, resultOf, runAll } from './fleet.ts'
import { onAll, onHost, planOf } from './plans.ts'

const BOTH = [0, 1]

/** All nodes are ok but the named ones. */
const except = (ends: Partial<Record<NodeName, Outcome>>) => (step: number, host: number) =>
  ends[nameOf(step, host)] ?? 'ok'

test('a failing host blocks only what depends on it', async () => {
  const plan = planOf(2, [{ targets: BOTH }, { targets: BOTH, edges: [onHost(0)] }, { targets: BOTH }])
  const { outcomes, summary } = await runAll(plan, except({ '0@1': 'failed' }))
  expect(Object.fromEntries(outcomes)).toMatchObject({
    '1@0': 'ok',
    '1@1': 'blocked',
    '2@0': 'ok',
    '2@1': 'ok',
  })
  expect(summary).toMatchObject({ status: 1, counts: { ok: 4, failed: 1, blocked: 1 } })
})

test('a blocked node names the node that failed first, however long the chain', async () => {
  const chain = Array.from({ length: 5000 }, (_, index) => ({
    targets: [0],
    edges: index === 0 ? [] : [onHost(index - 1)],
  }))
  const { events } = await runAll(planOf(1, chain), except({ '0@0': 'failed' }))
  const last = events.findLast(event => event.kind === 'node_finished')
  expect(last).toMatchObject({ step: 4999, outcome: 'blocked', cause: { step: 0, host: 0 } })
})

test('an edge to all hosts tolerates so many failed ones, and no more', async () => {
  const plan = planOf(3, [
    { targets: [0, 1, 2], tolerated: 1 },
    { targets: [0, 1, 2], edges: [onAll(0)] },
  ])
  const one = await runAll(plan, except({ '0@1': 'failed' }))
  expect([0, 1, 2].map(host => one.outcomes.get(nameOf(1, host)))).toEqual(['ok', 'ok', 'ok'])
  const two = await runAll(plan, except({ '0@1': 'failed', '0@2': 'failed' }))
  expect([0, 1, 2].map(host => two.outcomes.get(nameOf(1, host)))).toEqual(['blocked', 'blocked', 'blocked'])
  expect(two.events.findLast(event => event.kind === 'node_finished')).toMatchObject({
    cause: { step: 0, host: 1 },
  })
})

test('what the end of the run blocks is told apart from what a need blocks', async () => {
  const plan = planOf(2, [
    { targets: BOTH, onFailure: 'stop' },
    { targets: BOTH, edges: [onHost(0)] },
    { targets: [1], edges: [onHost(1)] },
  ])
  const { events } = await runAll(plan, (step, host) => (nameOf(step, host) === '0@0' ? 'failed' : 'ok'))
  const blocked = events.flatMap(event =>
    event.kind === 'node_finished' && event.outcome === 'blocked'
      ? [[nameOf(event.step, event.host), event.stopped ?? false]]
      : [],
  )
  expect(blocked).toEqual([
    ['1@0', false],
    ['1@1', true],
    ['2@1', true],
  ])
})

test('a tolerated host goes no further by itself; the others go on', async () => {
  const plan = planOf(2, [
    { targets: BOTH, tolerated: 1 },
    { targets: BOTH, edges: [onHost(0)] },
  ])
  const { outcomes } = await runAll(plan, except({ '0@1': 'failed' }))
  expect([outcomes.get('1@0'), outcomes.get('1@1')]).toEqual(['ok', 'blocked'])
})

test('on_failure: continue lets what depends on it run, and the run still fails', async () => {
  const plan = planOf(2, [
    { targets: BOTH, onFailure: 'continue' },
    { targets: BOTH, edges: [onHost(0)] },
    { targets: [0], edges: [onAll(0)] },
  ])
  const { outcomes, summary } = await runAll(plan, except({ '0@1': 'failed' }))
  expect([outcomes.get('1@1'), outcomes.get('2@0')]).toEqual(['ok', 'ok'])
  expect(summary.status).toBe(1)
})

test('on_failure: stop lets what runs end and starts nothing more', async () => {
  const plan = planOf(2, [
    { targets: BOTH, onFailure: 'stop' },
    { targets: BOTH, edges: [onHost(0)] },
  ])
  const { fleet, ran } = begin(plan)
  fleet.finish('0@0', 'failed')
  expect(fleet.inFlight).toEqual(['0@1'])
  fleet.finish('0@1', 'ok')
  const { summary, outcomes, events } = await ran
  expect(summary).toMatchObject({ stopped: 'on_failure', status: 1 })
  expect(outcomes.get('1@1')).toBe('blocked')
  expect(events.at(-1)).toMatchObject({ kind: 'run_finished', stopped: 'on_failure' })
})

test('more bad hosts than the playbook tolerates stop it; a host counts once', async () => {
  const steps = [{ targets: [0, 1, 2] }, { targets: [0, 1, 2] }, { targets: [2], edges: [onAll(0)] }]
  const plan = planOf(3, steps, { maxFailures: 1 })
  const same = await runAll(plan, except({ '0@0': 'failed', '1@0': 'failed' }))
  expect(same.summary.stopped).toBeUndefined()
  const more = await runAll(plan, except({ '0@0': 'failed', '1@1': 'failed' }), { forks: 1 })
  expect(more.summary.stopped).toBe('max_failures')
})

test('the playbook does not count what a step with on_failure: continue does wrong, but unreachable hosts', async () => {
  const plan = planOf(2, [{ targets: BOTH, onFailure: 'continue' }, { targets: BOTH }], { maxFailures: 0 })
  const failing = await runAll(plan, except({ '0@1': 'failed' }))
  expect(failing.summary.stopped).toBeUndefined()
  const unreachable = await runAll(plan, except({ '0@1': 'unreachable' }))
  expect(unreachable.summary.stopped).toBe('max_failures')
})

test('an unreachable host is told once; its other nodes are blocked without another connection', async () => {
  const plan = planOf(2, [{ targets: BOTH }, { targets: BOTH }, { targets: BOTH, edges: [onHost(1)] }])
  const own = (_: number, host: number): Outcome => (host === 1 ? 'unreachable' : 'ok')
  const { outcomes, events, fleet, summary } = await runAll(plan, own, { forks: 1 })
  expect(events.filter(event => event.kind === 'host_unreachable')).toHaveLength(1)
  expect(['0@1', '1@1', '2@1'].map(name => outcomes.get(name as NodeName))).toEqual([
    'unreachable',
    'blocked',
    'blocked',
  ])
  expect(fleet.calls.filter(call => /start .@1/.test(call))).toEqual(['start 0@1'])
  expect(summary).toMatchObject({ status: 1, counts: { unreachable: 1, blocked: 2, ok: 3 } })
})

test('a node whose action cannot be rendered fails, and the rest goes on', async () => {
  const plan = planOf(2, [{ targets: BOTH }, { targets: BOTH, edges: [onHost(0)] }])
  const failure = { code: 'step_render', message: 'no such value' } as const
  const { outcomes, events, summary } = await runAll(plan, undefined, {
    program: programOf({
      render: (step, host) =>
        step === 0 && host === 1
          ? { kind: 'result', result: { ...resultOf('failed'), failure } }
          : { kind: 'action', action: ACTION },
    }),
  })
  expect(Object.fromEntries(outcomes)).toEqual({
    '0@0': 'ok',
    '0@1': 'failed',
    '1@0': 'ok',
    '1@1': 'blocked',
  })
  expect(events.find(event => event.kind === 'node_finished' && event.outcome === 'failed')).toMatchObject({
    result: { failure },
  })
  expect(summary.status).toBe(1)
})

test('an exception while rendering is a bug of drover: status 70, the other hosts finish', async () => {
  const { summary } = await runAll(planOf(2, [{ targets: BOTH }]), undefined, {
    program: programOf({
      render: (_, host) => {
        if (host === 0) throw new TypeError('oops')
        return { kind: 'action', action: ACTION }
      },
    }),
  })
  expect(summary).toMatchObject({ status: 70, counts: { ok: 1, failed: 1 } })
})
