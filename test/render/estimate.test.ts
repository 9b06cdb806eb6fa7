import { expect, test } from 'vitest'
import { Estimate, leftWords } from '../../src/render/run/estimate.ts'
import { SampleRun, START, samplePlan } from './sample-run.ts'

const hosts = ['a', 'b', 'c', 'd']
const plan = samplePlan(hosts, { one: hosts, two: hosts })
const history = {
  wallMs: 40_000,
  stepMs: new Map([
    ['one', 10_000],
    ['two', 30_000],
  ]),
}

function estimateOf(run: SampleRun, known = history): Estimate {
  const estimate = Estimate.of(run.plan, known)
  if (estimate === undefined) throw new Error('it knows nothing')
  for (const event of run.events) estimate.add(event)
  return estimate
}

test('a run like the last one takes as long', () => {
  const run = new SampleRun(plan)
  for (const host of hosts) run.started(host, 'one')
  const estimate = estimateOf(run)
  expect(estimate.left(START)).toBe(40_000)
  expect(estimate.left(START + 5000)).toBeCloseTo(35_000)
  expect(estimate.done(START + 5000)).toBeCloseTo(0.125)
  // It takes longer than it did: that part of the share stays where it is.
  expect(estimate.done(START + 60_000)).toBe(0.25)
})

test('nothing ends before what runs now and is known to take long', () => {
  const run = new SampleRun(plan)
  for (const host of hosts) run.finished(host, 'one', 'ok')
  for (const host of hosts.slice(1)) run.finished(host, 'two', 'ok')
  expect(estimateOf(run.wait(1000).started('a', 'two')).left(START + 1000)).toBe(30_000)
})

test('what is shown never jumps and never falls below 0', () => {
  const slow = new SampleRun(plan)
  for (const host of hosts) slow.started(host, 'one')
  const estimate = estimateOf(slow)
  let last = estimate.left(START) ?? 0
  for (let at = 1000; at < 400_000; at += 1000) {
    const left = estimate.left(START + at)
    expect(left ?? 1).toBeGreaterThan(0)
    expect(Math.abs((left ?? last) - last)).toBeLessThan(20_000)
    last = left ?? last
  }
})

test('it says nothing at the end, and while all that is left takes longer than it did', () => {
  const run = new SampleRun(plan)
  for (const host of hosts) run.finished(host, 'one', 'ok').started(host, 'two')
  expect(estimateOf(run).left(START + 31_000)).toBeUndefined()
  for (const host of hosts) run.finished(host, 'two', 'failed')
  expect(estimateOf(run).left(START)).toBeUndefined()
})

test.for<[name: string, wallMs: number, steps: Readonly<Record<string, number>>]>([
  ['took no time', 0, { one: 5, two: 5 }],
  ['knows none of the steps', 1000, { other: 5 }],
  ['knows less than half of them', 1000, {}],
  ['has only instant steps', 1000, { one: 0, two: 0 }],
  ['has times that are none', 1000, { one: Number.NaN, two: -5 }],
])('an earlier run that %s says nothing', ([, wallMs, steps]) => {
  expect(Estimate.of(plan, { wallMs, stepMs: new Map(Object.entries(steps)) })).toBeUndefined()
})

test('a step that is new counts as the others do on average', () => {
  const run = new SampleRun(samplePlan(hosts, { one: hosts, fresh: hosts, two: hosts }))
  for (const host of hosts) run.finished(host, 'fresh', 'ok')
  expect(estimateOf(run).done(START)).toBeCloseTo(1 / 3)
})

test('it is said in round words', () => {
  const words = [0, 9000, 14_000, 54_000, 56_000, 119_000, 3_590_000, 4_200_000, 7_200_000].map(leftWords)
  expect(words).toEqual([
    'a few seconds left',
    'a few seconds left',
    'about 10 s left',
    'about 50 s left',
    'about 1 min left',
    'about 2 min left',
    'about 1 h left',
    'about 1 h 10 min left',
    'about 2 h left',
  ])
})
