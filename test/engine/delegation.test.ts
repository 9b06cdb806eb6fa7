import { expect, test } from 'vitest'
import { begin, runAll } from './fleet.ts'
import { after, onHost, planOf } from './plans.ts'

const ALL = [0, 1, 2]
const TO_2 = [2, 2, 2]

test('a delegated node is sent to the delegate, and keeps its own host', async () => {
  const { fleet, outcomes } = await runAll(planOf(3, [{ targets: [0, 1], delegates: TO_2 }]))
  expect(fleet.calls).toEqual(['start 0@0 by 2', 'start 0@1 by 2', 'release 2', 'close'])
  expect([...outcomes.keys()]).toEqual(['0@0', '0@1'])
})

test('it takes the channels of the delegate', async () => {
  const plan = planOf(3, [{ targets: ALL, delegates: TO_2 }])
  const { fleet, ran } = begin(plan, undefined, { channelsPerHost: 2 })
  expect(fleet.inFlight).toEqual(['0@0', '0@1'])
  for (const name of ['0@0', '0@1', '0@2'] as const) fleet.finish(name)
  await ran
})

test('a host is released when it has nothing to carry out any more', async () => {
  const plan = planOf(2, [
    { targets: [1] },
    { targets: [0] },
    { targets: [0], edges: [onHost(1)], delegates: [1, 1] },
  ])
  const { fleet, ran } = begin(plan)
  fleet.finish('0@1')
  fleet.finish('1@0')
  expect(fleet.calls).toEqual(['start 1@0', 'start 0@1', 'release 0', 'start 2@0 by 1'])
  fleet.finish('2@0')
  await ran
})

test('a delegate that cannot be reached makes the node unreachable, and leaves the host alone', async () => {
  const plan = planOf(3, [
    { targets: [0, 1], delegates: TO_2 },
    { targets: ALL, edges: [after(0, 'always')] },
    { targets: [0], edges: [onHost(1)], delegates: TO_2 },
  ])
  const { fleet, outcomes, events } = await runAll(
    plan,
    (step, host) => (step === 0 && host === 0 ? 'unreachable' : 'ok'),
    { channelsPerHost: 1 },
  )
  expect(Object.fromEntries(outcomes)).toEqual({
    '0@0': 'unreachable',
    '0@1': 'unreachable',
    '1@0': 'ok',
    '1@1': 'ok',
    '1@2': 'blocked',
    '2@0': 'unreachable',
  })
  expect(events.filter(event => event.kind === 'host_unreachable')).toMatchObject([{ host: 2 }])
  expect(fleet.calls.filter(call => call.endsWith('by 2'))).toEqual(['start 0@0 by 2'])
  for (const event of events) {
    if (event.kind !== 'node_finished' || event.outcome !== 'unreachable') continue
    expect(event.result?.failure?.message).toMatch(/^h2, which carries this step out, cannot be reached: /)
  }
})

test('Ctrl-C reaches delegated nodes where they run', async () => {
  const user = new AbortController()
  const { fleet, ran } = begin(planOf(2, [{ targets: [0], delegates: [1, 1] }]), undefined, {
    signal: user.signal,
  })
  user.abort()
  expect(fleet.calls).toEqual(['start 0@0 by 1', 'cancel 0@0 by 1'])
  fleet.finish('0@0', 'cancelled')
  await ran
})
