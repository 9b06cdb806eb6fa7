import type { Plan } from '../../model/plan.ts'

/** For each host how many nodes it has; none for one that only carries out others' steps. */
export function nodesByHost(plan: Plan): Uint32Array {
  const nodes = new Uint32Array(plan.hosts.length)
  for (const step of plan.steps) for (const host of step.targets) nodes[host] = (nodes[host] ?? 0) + 1
  return nodes
}
