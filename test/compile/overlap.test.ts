import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Node, Overlap } from '../../src/compile/races/overlap.ts'
import { Precedence } from '../../src/compile/races/precedence.ts'
import type { Plan, PlanStep } from '../../src/model/plan.ts'
import { begin, type NodeName, nameOf, runAll } from '../engine/fleet.ts'
import { after, onAll, onHost, planOf } from '../engine/plans.ts'
import { scenarios } from '../engine/random-plans.ts'
import { Reference } from '../engine/reference.ts'

const AT_ONCE = { forks: 1000, channelsPerHost: 1000 }

function nodesOf(plan: Plan): readonly Node[] {
  return plan.steps.flatMap(({ index, targets }) => [...targets].map(host => ({ step: index, host })))
}

const nodeOf = (name: NodeName): Node => {
  const [step = 0, host = 0] = name.split('@').map(Number)
  return { step, host }
}

/** All pairs of different nodes. */
function pairsOf(nodes: readonly Node[]): readonly (readonly [Node, Node])[] {
  return nodes.flatMap((one, at) => nodes.slice(0, at).map(other => [one, other] as const))
}

test('what comes before what is what the rules of the language say', () => {
  fc.assert(
    fc.property(scenarios(), ({ plan, own }) => {
      const reference = new Reference(plan, own)
      const precedence = new Precedence(plan)
      for (const [one, other] of pairsOf(nodesOf(plan)))
        for (const [first, second] of [
          [one, other],
          [other, one],
        ] as const) {
          const before = precedence.before(first.step, first.host, second.step, second.host)
          const expected = reference.before(second.step, second.host).has(nameOf(first.step, first.host))
          expect(before, `${first.step}@${first.host} before ${second.step}@${second.host}`).toBe(expected)
        }
    }),
    { numRuns: 2000 },
  )
})

test('what is told to be apart is never in flight together, however hosts answer', async () => {
  await fc.assert(
    fc.asyncProperty(scenarios(), async ({ plan, own, pick }) => {
      const overlap = new Overlap(plan)
      await runAll(plan, own, {
        ...AT_ONCE,
        pick: inFlight => {
          for (const [one, other] of pairsOf(inFlight.map(nodeOf)))
            expect(
              overlap.canOverlap(one, other),
              `${nameOf(one.step, one.host)} beside ${nameOf(other.step, other.host)}`,
            ).toBe(true)
          return pick(inFlight)
        },
      })
    }),
    { numRuns: 2000 },
  )
})

test('what can overlap does, when the two nodes take long enough and nothing fails', async () => {
  const certain = scenarios({ onFailure: ['block'], outcomes: ['ok'] }).map(({ plan }) =>
    withoutFailures(plan),
  )
  await fc.assert(
    fc.asyncProperty(certain, fc.nat(), fc.nat(), async (plan, a, b) => {
      // What is needed in a batch may still run beside the next one, where something failed.
      fc.pre(plan.rollings.length === 0)
      const nodes = nodesOf(plan)
      const [one, other] = [nodes[a % nodes.length], nodes[b % nodes.length]]
      if (one === undefined || other === undefined || one === other) return
      const expected = new Overlap(plan).canOverlap(one, other)
      expect(await meetWhenSlow(withPermitsOf(plan, one, other), one, other)).toBe(expected)
    }),
    { numRuns: 2000 },
  )
})

/** Whether two nodes are in flight together in a run in which they end only when nothing else is left to do. */
async function meetWhenSlow(plan: Plan, one: Node, other: Node): Promise<boolean> {
  const slow = [one, other].map(({ step, host }) => nameOf(step, host))
  const { fleet, clock, ran } = begin(plan, () => 'ok', AT_ONCE)
  let together = false
  for (;;) {
    together ||= slow.every(name => fleet.inFlight.includes(name))
    const next = fleet.inFlight.find(name => !slow.includes(name))
    if (next !== undefined) fleet.finish(next)
    else if (!clock.next()) {
      const [last] = fleet.inFlight
      if (last === undefined) break
      fleet.finish(last)
    }
  }
  await ran
  return together
}

/** Permits that the two have in common: others could keep what one needs from coming to its turn while the other is slow. */
function withPermitsOf(plan: Plan, one: Node, other: Node): Plan {
  const [first, second] = [one, other].map(({ step }) => plan.steps[step] as PlanStep) as [PlanStep, PlanStep]
  const steps = plan.steps.map(({ throttle, ...step }): PlanStep => {
    const isOne = step.index === one.step || step.index === other.step
    const common = step.semaphores.filter(
      index => first.semaphores.includes(index) && second.semaphores.includes(index),
    )
    const isThrottled = throttle !== undefined && isOne && first === second
    return { ...step, semaphores: isOne ? common : [], ...(isThrottled ? { throttle } : {}) }
  })
  return { ...plan, steps }
}

/** Where nothing fails, a step that waits for a failure would not run. */
function withoutFailures(plan: Plan): Plan {
  const steps = plan.steps.map(step => ({
    ...step,
    edges: step.edges.map(edge => ({ ...edge, if: edge.if === 'failed' ? ('always' as const) : edge.if })),
  }))
  return { ...plan, steps }
}

const overlaps = (plan: Plan, one: Node, other: Node) => new Overlap(plan).canOverlap(one, other)

test('a barrier orders the nodes of all hosts, a need only those of the same', () => {
  const [first, second] = [
    { step: 0, host: 0 },
    { step: 1, host: 1 },
  ]
  expect(
    overlaps(planOf(2, [{ targets: [0, 1] }, { targets: [0, 1], edges: [onHost(0)] }]), first, second),
  ).toBe(true)
  expect(
    overlaps(planOf(2, [{ targets: [0, 1] }, { targets: [0, 1], edges: [onAll(0)] }]), first, second),
  ).toBe(false)
})

test('a cleanup never runs beside what goes on after success', () => {
  const cleanup = (tolerated: number) =>
    planOf(1, [
      { targets: [0], tolerated },
      { targets: [0], edges: [onHost(0)] },
      { targets: [0], edges: [after(0, 'failed')] },
    ])
  expect(overlaps(cleanup(0), { step: 1, host: 0 }, { step: 2, host: 0 })).toBe(false)
  expect(overlaps(cleanup(1), { step: 1, host: 0 }, { step: 2, host: 0 })).toBe(true)
})
