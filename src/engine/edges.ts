import type { Edge, Plan } from '../model/plan.ts'

/** For each step: what it needs, and which steps need it (host by host, or all of its hosts). */
export interface EdgeTable {
  readonly needs: readonly (readonly Edge[])[]
  readonly hostDependents: readonly (readonly number[])[]
  readonly allDependents: readonly (readonly number[])[]
}

/**
 * The plan's edges, led through the steps that have no targets: who needs an excluded step needs what that step
 * needs, on all hosts if either edge says so (SEMANTICS: "Order"). No step of the result needs an excluded one, and
 * no edge occurs twice.
 */
export function tableOfEdges(plan: Plan): EdgeTable {
  const needs: Edge[][] = plan.steps.map(() => [])
  const hostDependents: number[][] = plan.steps.map(() => [])
  const allDependents: number[][] = plan.steps.map(() => [])
  for (const index of plan.order) {
    const step = plan.steps[index]!
    needs[index] = distinct(
      step.edges.flatMap(edge =>
        plan.steps[edge.from]!.targets.length > 0 ? [edge] : passedThrough(edge, needs[edge.from]!),
      ),
    )
    if (step.targets.length === 0) continue
    for (const edge of needs[index]) {
      const dependents = edge.on === 'host' ? hostDependents : allDependents
      dependents[edge.from]!.push(index)
    }
  }
  return { needs, hostDependents, allDependents }
}

function passedThrough(edge: Edge, beyond: readonly Edge[]): readonly Edge[] {
  return edge.on === 'host' ? beyond : beyond.map(({ from }): Edge => ({ from, on: 'all', if: 'success' }))
}

function distinct(edges: readonly Edge[]): Edge[] {
  return [...new Map(edges.map(edge => [`${edge.from} ${edge.on}`, edge])).values()]
}
