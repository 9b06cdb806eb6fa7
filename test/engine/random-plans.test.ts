import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Outcome } from '../../src/model/outcome.ts'
import { ACTION, type NodeName, nameOf, programOf, type Ran, runAll } from './fleet.ts'
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
    { numRuns: 1000 },
  )
})

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
            expect([...ended]).toEqual(expect.arrayContaining(reference.before(step, host)))
            return { kind: 'action', action: ACTION }
          },
        }),
      })
    }),
    { numRuns: 300 },
  )
})

test('forks, channels of a host and throttles are never exceeded, and nothing waits that could go', async () => {
  await fc.assert(
    fc.asyncProperty(scenarios(), fc.integer({ min: 1, max: 3 }), async (scenario, channelsPerHost) => {
      const { plan, own, forks, pick } = scenario
      const reference = new Reference(plan, own)
      const ended = new Set<NodeName>()
      const lacksPermit = (step: number, host: number, inFlight: readonly NodeName[]) =>
        inFlight.length >= forks ||
        inFlight.filter(name => name.endsWith(`@${host}`)).length >= channelsPerHost ||
        inFlight.filter(name => name.startsWith(`${step}@`)).length >=
          (plan.steps[step]!.throttle ?? Infinity)
      await runAll(plan, own, {
        forks,
        channelsPerHost,
        pick: inFlight => {
          for (const name of inFlight) {
            const others = inFlight.filter(other => other !== name)
            const [step, host] = name.split('@').map(Number) as [number, number]
            expect(lacksPermit(step, host, others)).toBe(false)
          }
          const waiting = reference
            .nodes()
            .filter(({ name }) => !ended.has(name) && !inFlight.includes(name))
            .filter(({ step, host }) => reference.before(step, host).every(name => ended.has(name)))
          for (const { step, host } of waiting) expect(lacksPermit(step, host, inFlight)).toBe(true)
          return pick(inFlight)
        },
        listeners: [
          event => void (event.kind === 'node_finished' && ended.add(nameOf(event.step, event.host))),
        ],
      })
    }),
    { numRuns: 1000 },
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
      const own = (step: number, host: number) => (host === dead ? 'unreachable' : scenario.own(step, host))
      const { outcomes } = await run({ ...scenario, own })
      const reference = new Reference(scenario.plan, own)
      for (const { name, step, host } of reference.nodes()) {
        if (host === dead) expect(outcomes.get(name)).toMatch(/unreachable|blocked/)
        else expect(outcomes.get(name)).toBe(reference.outcome(step, host))
      }
    }),
    { numRuns: 500 },
  )
})

test('on_failure: stop and cancel end every node once, and start none afterwards', async () => {
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
            if (plan.steps[event.step]?.onFailure === 'stop' && event.outcome === 'failed') over = true
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
    { numRuns: 500 },
  )
})
