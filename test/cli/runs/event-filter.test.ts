import { expect, test } from 'vitest'
import { eventFilter } from '../../../src/cli/runs/event-filter.ts'
import { runExit } from '../../../src/cli/runs/run-exit.ts'
import type { RunEvent, StopReason } from '../../../src/model/event.ts'
import { SampleRun, samplePlan } from '../../render/sample-run.ts'

const plan = samplePlan(['h1', 'h2'], { one: ['h1', 'h2'], 'web.two': ['h1'], 'web.more[0]': ['h1'] })

test('an id stands for what is in it, a pattern for hosts', () => {
  const started = (step: number, host: number): RunEvent => ({ kind: 'node_started', at: 0, step, host })
  const nodes = [started(0, 0), started(0, 1), started(1, 0), started(2, 0)]
  const passed = (step?: string, host?: string) => {
    const wants = eventFilter('/', plan, { step, host })
    return nodes.flatMap((event, at) => (wants(event) ? [at] : []))
  }
  expect(passed()).toEqual([0, 1, 2, 3])
  expect(passed('web')).toEqual([2, 3])
  expect(passed('web.more')).toEqual([3])
  expect(passed(undefined, 'h2')).toEqual([1])
  expect(passed('one', 'h*:!h2')).toEqual([0])
  expect(() => passed('on')).toThrow('the run has no step "on"')
  expect(() => passed(undefined, 'h3')).toThrow('there is no host or group "h3"')
})

test('where a run went on with another plan, names count', () => {
  const before = samplePlan(['h2', 'h1'], { zero: ['h1'], one: ['h1', 'h2'] })
  const events = [
    ...new SampleRun(before).started('h1', 'zero').started('h1', 'one').started('h2', 'one').events,
    ...new SampleRun(plan).started('h1', 'one').started('h2', 'one').events,
  ]
  const wants = eventFilter('/', plan, { step: 'one', host: 'h1' })
  const nodes = events.filter(wants).filter(({ kind }) => kind === 'node_started')
  expect(nodes).toMatchObject([
    { step: 1, host: 1 },
    { step: 0, host: 0 },
  ])
})

test.each<[number, StopReason | undefined, 'changed' | 'failed' | 'refused' | 'unknown']>([
  [0, undefined, 'changed'],
  [1, undefined, 'failed'],
  [1, undefined, 'unknown'],
  [1, 'timeout', 'changed'],
  [4, undefined, 'refused'],
  [4, 'lock', 'changed'],
  [130, 'interrupted', 'failed'],
])('the status of a run is %i where it ended as %s with something %s', (status, stopped, outcome) => {
  const end = new SampleRun(plan).finished('h1', 'one', outcome).end(stopped).at(-1)
  expect(end?.kind === 'run_finished' && runExit(end)).toBe(status)
})
