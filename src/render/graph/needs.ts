import type { Graph } from '../graph.ts'

/** Of more steps all needs are drawn: to find the superfluous ones takes the square of them. */
const MOST_STEPS = 2_000

/** For each step the needs that no other need of it implies: fewer lines, the same order. */
export function essentialNeeds({ steps, order }: Graph): readonly (readonly number[])[] {
  const needs = steps.map(step => [...new Set(step.needs.map(need => need.step))])
  if (steps.length > MOST_STEPS) return needs
  const before: Set<number>[] = steps.map(() => new Set())
  for (const step of order) {
    const all = before[step] as Set<number>
    for (const need of needs[step] ?? []) {
      all.add(need)
      for (const earlier of before[need] ?? []) all.add(earlier)
    }
  }
  return needs.map(own => own.filter(need => !own.some(other => other !== need && before[other]?.has(need))))
}
