import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Outcome, satisfies } from '../../src/model/outcome.ts'
import type { Program } from '../../src/model/program.ts'
import { ACTION, type NodeName, nameOf, programOf, type Ran, resultOf, runAll } from './fleet.ts'
import { type Scenario, scenarios } from './random-plans.ts'
import { Reference } from './reference.ts'

const OWN: readonly Outcome[] = ['ok', 'changed', 'skipped', 'failed', 'unknown', 'refused']

const run = ({ plan, own, forks, pick }: Scenario): Promise<Ran> => runAll(plan, own, { forks, pick })

test('every node ends once, as the rules say, in whatever order hosts answer', async () => {
  await fc.assert(
    fc.asyncProperty(scenarios({ onFailure: ['block', 'continue'], outcomes: OWN }), async scenario => {
      const { outcomes } = await run(scenario)
      const reference = new Reference(scenario.plan, scenario.own)
      const expected = reference
        .nodes()
        .map(({ name, step, host }) => [name, reference.outcome(step, host)] as const)
      expect(Object.fromEntries(outcomes)).toEqual(Object.fromEntries(expected))
    }),
    { numRuns: 5000 },
  )
})

test('pauses, answers without a host and further attempts change nothing of that', async () => {
  await fc.assert(
    fc.asyncProperty(scenarios({ onFailure: ['block', 'continue'], outcomes: OWN }), async scenario => {
      const { plan, forks, pick, kind } = scenario
      const own = (step: number, host: number) =>
        kind(step, host) === 'pause' ? 'ok' : scenario.own(step, host)
      const ended: string[] = []
      const { outcomes, events } = await runAll(plan, own, {
        forks,
        pick,
        program: variedProgram(scenario, ended),
      })
      const reference = new Reference(plan, own)
      for (const { name, step, host } of reference.nodes()) {
        expect(outcomes.get(name)).toBe(reference.outcome(step, host))
      }
      const told = events.flatMap(event =>
        event.kind === 'node_finished' ? `${nameOf(event.step, event.host)} ${event.outcome}` : [],
      )
      expect(ended).toEqual(told)
    }),
    { numRuns: 5000 },
  )
})

function variedProgram({ kind, own, attempts }: Scenario, ended: string[]): Program {
  return {
    render: (step, host) => {
      switch (kind(step, host)) {
        case 'action':
          return { kind: 'action', action: ACTION }
        case 'result':
          return { kind: 'result', result: resultOf(own(step, host)) }
        case 'pause':
          return { kind: 'pause', ms: 10 + host }
      }
    },
    judge: (step, host, result, attempt) =>
      attempt < attempts(step, host) ? { kind: 'again', ms: 7 + step } : { kind: 'stands', result },
    ended: (step, host, outcome) => void ended.push(`${nameOf(step, host)} ${outcome}`),
  }
}

test('no node starts before all that it needs has ended', async () => {
  await fc.assert(
    fc.asyncProperty(scenarios(), async scenario => {
      const reference = new Reference(scenario.plan, scenario.own)
      const ended = new Set<NodeName>()
      const { plan, own, forks, pick } = scenario
      await runAll(plan, own, {
        forks,
        pick,
        listeners: [
          event => void (event.kind === 'node_finished' && ended.add(nameOf(event.step, event.host))),
        ],
        program: programOf({
          render: (step, host) => {
            expect([...ended]).toEqual(expect.arrayContaining([...reference.before(step, host)]))
            return { kind: 'action', action: ACTION }
          },
        }),
      })
    }),
    { numRuns: 2000 },
  )
})

test('forks, channels, throttles and semaphores are never exceeded', async () => {
  await fc.assert(
    fc.asyncProperty(scenarios(), fc.integer({ min: 1, max: 3 }), async (scenario, channelsPerHost) => {
      const { plan, own, forks, pick } = scenario
      const most = (count: number, limit: number) => expect(count).toBeLessThanOrEqual(limit)
      await runAll(plan, own, {
        forks,
        channelsPerHost,
        pick: inFlight => {
          const running = inFlight.map(name => name.split('@').map(Number) as [number, number])
          const carriers = running.map(([step, host]) => plan.steps[step]!.delegates?.[host] ?? host)
          most(running.length, forks)
          for (const carrier of carriers)
            most(carriers.filter(each => each === carrier).length, channelsPerHost)
          for (const { index, throttle = Infinity } of plan.steps) {
            most(running.filter(([step]) => step === index).length, throttle)
          }
          plan.semaphores.forEach(({ permits }, index) => {
            most(running.filter(([step]) => plan.steps[step]!.semaphores.includes(index)).length, permits)
          })
          return pick(inFlight)
        },
      })
    }),
    { numRuns: 2000 },
  )
})

test('the same answers in the same order give the same events', async () => {
  await fc.assert(
    fc.asyncProperty(scenarios(), fc.infiniteStream(fc.nat()), async ({ plan, own, forks }, stream) => {
      const choices = Array.from({ length: 40 }, () => stream.next().value as number)
      const once = async () => {
        let turn = 0
        const pick = (running: readonly NodeName[]) => choices[turn++]! % running.length
        return (await runAll(plan, own, { forks, pick })).events
      }
      expect(await once()).toEqual(await once())
    }),
    { numRuns: 100 },
  )
})

test('a host that cannot be reached costs its own nodes and what needs them, nothing else', async () => {
  await fc.assert(
    fc.asyncProperty(scenarios(), fc.nat(4), async (scenario, dead) => {
      const carrier = (step: number, host: number) => scenario.plan.steps[step]!.delegates?.[host] ?? host
      const own = (step: number, host: number) =>
        carrier(step, host) === dead ? 'unreachable' : scenario.own(step, host)
      const { outcomes } = await run({ ...scenario, own })
      const reference = new Reference(scenario.plan, own, outcomes)
      for (const { name, step, host } of reference.nodes()) {
        if (host === dead) expect([reference.expected(step, host), 'blocked']).toContain(outcomes.get(name))
        else expect(outcomes.get(name)).toBe(reference.expected(step, host))
      }
    }),
    { numRuns: 2000 },
  )
})

test('on_failure: stop starts nothing more but cleanup, and that as its edges say', async () => {
  const stopping = scenarios({ onFailure: ['block', 'continue', 'stop'], outcomes: OWN })
  await fc.assert(
    fc.asyncProperty(stopping, async ({ plan, own, forks, pick }) => {
      let over = false
      const isCleanup = (step: number) => {
        const { edges } = plan.steps[step]!
        const wanted = edges.filter(edge => edge.if === 'success').map(edge => edge.from)
        return edges.some(edge => edge.if !== 'success' && !wanted.includes(edge.from))
      }
      const { outcomes } = await runAll(plan, own, {
        forks,
        pick,
        listeners: [
          event => {
            if (event.kind !== 'node_finished' || satisfies(event.outcome)) return
            over ||= plan.steps[event.step]?.onFailure === 'stop' && event.outcome !== 'blocked'
          },
        ],
        program: programOf({
          render: step => {
            expect(over && !isCleanup(step)).toBe(false)
            return { kind: 'action', action: ACTION }
          },
        }),
      })
      const reference = new Reference(plan, own, outcomes)
      for (const { name, step, host } of reference.nodes()) {
        const open = over && (!isCleanup(step) || plan.steps[step]!.rolling !== undefined)
        if (open) expect([reference.expected(step, host), 'blocked']).toContain(outcomes.get(name))
        else expect(outcomes.get(name)).toBe(reference.expected(step, host))
      }
    }),
    { numRuns: 5000 },
  )
})

test('cancel ends every node once, and starts none afterwards', async () => {
  const stopping = scenarios({ onFailure: ['block', 'stop'], outcomes: OWN })
  await fc.assert(
    fc.asyncProperty(stopping, fc.nat(10), async ({ plan, own, forks, pick }, cancelAfter) => {
      const user = new AbortController()
      let ended = 0
      let over = false
      const { outcomes, fleet } = await runAll(plan, own, {
        forks,
        pick,
        signal: user.signal,
        listeners: [
          event => {
            if (event.kind !== 'node_finished') return
            over ||= user.signal.aborted
            ended += 1
            if (ended === cancelAfter) user.abort()
          },
        ],
        program: programOf({
          render: () => {
            expect(over).toBe(false)
            return { kind: 'action', action: ACTION }
          },
        }),
      })
      expect(outcomes.size).toBe(plan.steps.reduce((sum, step) => sum + step.targets.length, 0))
      expect(fleet.inFlight).toEqual([])
    }),
    { numRuns: 2000 },
  )
})
