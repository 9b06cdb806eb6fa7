import { expect, test } from 'vitest'
import { begin, runAll } from './fleet.ts'
import { onAll, onHost, planOf } from './plans.ts'

test('host by host: a fast host does not wait for a slow one', async () => {
  const plan = planOf(2, [{ targets: [0, 1] }, { targets: [0, 1], edges: [onHost(0)] }])
  const { fleet, ran } = begin(plan)
  fleet.finish('0@0')
  expect(fleet.inFlight).toEqual(['0@1', '1@0'])
  for (const name of [...fleet.inFlight, '1@1'] as const) fleet.finish(name)
  await ran
})

test('the default order on one host is total: s3 on web2 waits for s2 on web1 and s1 on web2', async () => {
  const plan = planOf(2, [
    { targets: [0, 1] },
    { targets: [0], edges: [onHost(0)] },
    { targets: [0, 1], edges: [onHost(1)] },
  ])
  const { fleet, ran } = begin(plan)
  fleet.finish('0@0')
  fleet.finish('1@0')
  expect(fleet.inFlight).toEqual(['0@1', '2@0'])
  fleet.finish('0@1')
  expect(fleet.inFlight).toEqual(['2@0', '2@1'])
  fleet.finish('2@0')
  fleet.finish('2@1')
  await ran
})

test('a barrier waits for all hosts', async () => {
  const plan = planOf(2, [{ targets: [0, 1] }, { targets: [0], edges: [onAll(0)] }])
  const { fleet, ran } = begin(plan)
  fleet.finish('0@0')
  expect(fleet.inFlight).toEqual(['0@1'])
  fleet.finish('0@1')
  expect(fleet.inFlight).toEqual(['1@0'])
  fleet.finish('1@0')
  await ran
})

test('edges pass through an excluded step', async () => {
  const plan = planOf(2, [
    { targets: [0, 1] },
    { targets: [], edges: [onHost(0)] },
    { targets: [0, 1], edges: [onHost(1)] },
    { targets: [0], edges: [onAll(1)] },
  ])
  const { fleet, ran } = begin(plan)
  fleet.finish('0@0')
  expect(fleet.inFlight).toEqual(['0@1', '2@0'])
  fleet.finish('0@1')
  expect(fleet.inFlight).toEqual(['2@0', '2@1', '3@0'])
  for (const name of [...fleet.inFlight]) fleet.finish(name)
  await ran
})

test('steps that do not depend on each other run at the same time on one host, within its channels', async () => {
  const plan = planOf(
    1,
    Array.from({ length: 12 }, () => ({ targets: [0] })),
  )
  const { fleet, ran } = begin(plan)
  expect(fleet.inFlight).toHaveLength(8)
  while (fleet.inFlight.length > 0) fleet.finish(fleet.inFlight[0] as `${number}@${number}`)
  expect((await ran).summary.counts.ok).toBe(12)
})

test('with few forks, a host under way is finished before the next one is connected to', async () => {
  const targets = [0, 1, 2, 3]
  const plan = planOf(4, [{ targets }, { targets, edges: [onHost(0)] }])
  const { fleet } = await runAll(plan, undefined, { forks: 1 })
  expect(fleet.calls.slice(0, 6)).toEqual([
    'start 0@0',
    'start 1@0',
    'release 0',
    'start 0@1',
    'start 1@1',
    'release 1',
  ])
})

test('a host is released once, when nothing can come for it any more', async () => {
  const plan = planOf(2, [{ targets: [0, 1] }, { targets: [1], edges: [onAll(0)] }])
  const { fleet } = await runAll(plan, (step, host) => (step === 0 && host === 0 ? 'failed' : 'ok'))
  expect(fleet.calls).toEqual(['start 0@0', 'start 0@1', 'release 0', 'release 1', 'close'])
})

test('a throttled step leaves the forks to others', async () => {
  const targets = [0, 1, 2]
  const { fleet, ran } = begin(planOf(3, [{ targets, throttle: 1 }, { targets }]), undefined, { forks: 3 })
  expect(fleet.inFlight).toEqual(['0@0', '1@0', '1@1'])
  fleet.finish('0@0')
  expect(fleet.inFlight).toEqual(['1@0', '1@1', '0@1'])
  while (fleet.inFlight.length > 0) fleet.finish(fleet.inFlight[0] as `${number}@${number}`)
  await ran
})

test('a plan that can never end is a bug, not a run that hangs', async () => {
  const cyclic = planOf(1, [
    { targets: [0], edges: [onHost(1)] },
    { targets: [0], edges: [onHost(0)] },
  ])
  await expect(runAll(cyclic)).rejects.toThrow('2 are left')
})
