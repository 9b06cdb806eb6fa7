import { expect, test } from 'vitest'
import type { Failure } from '../../src/model/errors.ts'
import { begin, type NodeName, nameOf, programOf, resultOf } from './fleet.ts'
import { onHost, planOf } from './plans.ts'

const BOTH = [0, 1]
const HELD: Failure = { code: 'lock_held', message: 'run r0 has this host' }
const cleanup = (step: number) => ({ ...onHost(step), if: 'always' as const })

/** Ends a node as the worker does where another run has the host. */
function refuse(fleet: ReturnType<typeof begin>['fleet'], step: number, host: number): void {
  fleet.inFlight.splice(fleet.inFlight.indexOf(nameOf(step, host)), 1)
  fleet.events.started(step, host)
  fleet.events.finished(step, host, { ...resultOf('refused'), failure: HELD })
}

test('a host that another run has ends the run: nothing new starts, and cleanup only where this run was', async () => {
  const plan = planOf(2, [
    { targets: BOTH },
    { targets: BOTH, edges: [onHost(0)] },
    { targets: BOTH, edges: [cleanup(1)] },
  ])
  const { fleet, ran } = begin(plan)
  fleet.finish('0@1')
  refuse(fleet, 0, 0)
  fleet.finish('1@1')
  while (fleet.inFlight.length > 0) fleet.finish(fleet.inFlight[0] as NodeName)
  const { summary, outcomes } = await ran
  expect(Object.fromEntries(outcomes)).toEqual({
    ...{ '0@0': 'refused', '1@0': 'blocked', '2@0': 'refused' },
    ...{ '0@1': 'ok', '1@1': 'ok', '2@1': 'ok' },
  })
  expect(summary).toMatchObject({ status: 4, stopped: 'lock' })
  expect(fleet.calls.filter(call => call.startsWith('start'))).not.toContain('start 2@0')
  expect(fleet.calls).toContain('release 0')
})

test('it is not tried again, whatever the step says', async () => {
  const judged: string[] = []
  const program = programOf({
    judge: (step, host) => {
      judged.push(nameOf(step, host))
      return { kind: 'again', ms: 1 }
    },
  })
  const { fleet, ran } = begin(planOf(1, [{ targets: [0] }]), () => 'ok', { program })
  refuse(fleet, 0, 0)
  expect((await ran).summary).toMatchObject({ status: 4, stopped: 'lock' })
  expect(judged).toEqual([])
})

test('a delegate that another run has refuses the nodes of all hosts', async () => {
  const plan = planOf(3, [{ targets: BOTH, delegates: [2, 2, 2] }])
  const { fleet, ran } = begin(plan, () => 'ok', { forks: 1 })
  refuse(fleet, 0, 0)
  const { outcomes } = await ran
  expect(outcomes.get('0@0')).toBe('refused')
  expect(outcomes.get('0@1')).toBe('blocked')
})

test('what becomes of locks is told', async () => {
  const { fleet, events, ran } = begin(planOf(1, [{ targets: [0] }]))
  fleet.events.lock(0, { kind: 'waiting', holder: 'run r0' })
  fleet.events.lock(0, { kind: 'taken', as: 'root' })
  fleet.events.lock(0, { kind: 'missed', why: 'no home' })
  fleet.finish('0@0')
  await ran
  expect(events.filter(({ kind }) => kind.startsWith('lock_'))).toMatchObject([
    { kind: 'lock_waiting', host: 0, holder: 'run r0' },
    { kind: 'lock_taken', host: 0, as: 'root' },
    { kind: 'lock_missed', host: 0, why: 'no home' },
  ])
})
