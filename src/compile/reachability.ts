import type { Plan } from '../model/plan.ts'

/** Which steps wait for which, directly or not. */
export interface Reachability {
  /** Whether there is a path of edges from the step `first` to the step `second`; never from a step to itself. */
  before(first: number, second: number): boolean
}

/**
 * The closure of the edges between a plan's steps, a bit for each pair: 12 MB for the most steps that a plan can have.
 * Excluded steps are steps as others: edges pass through them.
 */
export function reachability({ steps, order }: Pick<Plan, 'steps' | 'order'>): Reachability {
  const words = Math.ceil(steps.length / 32)
  const earlier = new Uint32Array(steps.length * words)
  for (const step of order) {
    const row = step * words
    for (const { from } of steps[step]?.edges ?? []) {
      for (let word = 0; word < words; word += 1)
        earlier[row + word] = (earlier[row + word] ?? 0) | (earlier[from * words + word] ?? 0)
      const own = row + (from >>> 5)
      earlier[own] = (earlier[own] ?? 0) | (1 << (from & 31))
    }
  }
  return {
    before: (first, second) => (((earlier[second * words + (first >>> 5)] ?? 0) >>> (first & 31)) & 1) === 1,
  }
}
