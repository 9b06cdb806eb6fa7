import fc from 'fast-check'
import { expect, test } from 'vitest'
import { reachability } from '../../src/compile/reachability.ts'
import type { Plan } from '../../src/model/plan.ts'
import { onAll, onHost, planOf } from '../engine/plans.ts'

const STEP = { targets: [0] }

/** The pairs of steps of which the first comes before the second, as `0→2`. */
function pairsOf(plan: Plan): string[] {
  const { before } = reachability(plan)
  const steps = plan.steps.map(({ index }) => index)
  return steps.flatMap(first =>
    steps.filter(second => before(first, second)).map(second => `${first}→${second}`),
  )
}

test('a step comes before what needs it, and before what needs that', () => {
  const plan = planOf(1, [
    STEP,
    { ...STEP, edges: [onHost(0)] },
    STEP,
    { ...STEP, edges: [onAll(1), onHost(2)] },
  ])
  expect(pairsOf(plan)).toEqual(['0→1', '0→3', '1→3', '2→3'])
})

test('steps in an order of their own, and excluded ones', () => {
  const plan = planOf(1, [{ ...STEP, edges: [onHost(1)] }, { targets: [], edges: [onHost(2)] }, STEP])
  expect(pairsOf({ ...plan, order: [2, 1, 0] })).toEqual(['1→0', '2→0', '2→1'])
})

test('it agrees with walking the edges, beyond a word of bits too', () => {
  const edges = fc.array(fc.tuple(fc.nat(99), fc.nat(99)), { maxLength: 120 })
  fc.assert(
    fc.property(edges, pairs => {
      const needs = (step: number) =>
        pairs.flatMap(([from, to]) => (to === step && from < step ? [from] : []))
      const shapes = Array.from({ length: 100 }, (_, step) => ({ ...STEP, edges: needs(step).map(onHost) }))
      const walked = new Map<number, ReadonlySet<number>>()
      for (const step of shapes.keys())
        walked.set(step, new Set(needs(step).flatMap(from => [from, ...(walked.get(from) ?? [])])))
      const { before } = reachability(planOf(1, shapes))
      for (const [second, found] of walked)
        for (const first of shapes.keys()) expect(before(first, second)).toBe(found.has(first))
    }),
    { numRuns: 20 },
  )
})
