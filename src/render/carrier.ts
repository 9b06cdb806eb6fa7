import type { Plan } from '../model/plan.ts'

/** The host that carries a node out for another one; undefined where the node's own host does. */
export function delegateOf(plan: Plan, step: number, host: number): number | undefined {
  const delegate = plan.steps[step]?.delegates?.[host]
  return delegate === host ? undefined : delegate
}
