import type { Edge, Plan } from '../model/plan.ts'

/** For each step: what it needs, and which steps need it, host by host or all of its hosts. */
export interface EdgeTable {
  readonly needs: readonly (readonly Edge[])[]
  readonly host: Dependents
  readonly all: Dependents
}

/** For each step the steps that need it: whatever their condition, and those with that condition. */
export interface Dependents {
  readonly any: readonly (readonly number[])[]
  readonly success: readonly (readonly number[])[]
  readonly failed: readonly (readonly number[])[]
}

/**
 * The plan's edges, led through the steps that have no targets: who needs an excluded step needs what that step
 * needs, on all hosts if either edge says so (SEMANTICS: "Order"). No step of the result needs an excluded one, and
 * no edge occurs twice.
 */
export function tableOfEdges(plan: Plan): EdgeTable {
  const needs: Edge[][] = plan.steps.map(() => [])
  for (const index of plan.order) {
    needs[index] = distinct(
      plan.steps[index]!.edges.flatMap(edge =>
        plan.steps[edge.from]!.targets.length > 0 ? [edge] : passedThrough(edge, needs[edge.from]!),
      ),
    )
  }
  const inUse = needs.map((edges, index) => (plan.steps[index]!.targets.length > 0 ? edges : []))
  return { needs, host: dependents(inUse, 'host'), all: dependents(inUse, 'all') }
}

/** Whether the step cleans up: it wants to run though something failed, or because of it. */
export function isCleanup({ edges }: { readonly edges: readonly Edge[] }): boolean {
  const wanted = new Set(edges.flatMap(edge => (edge.if === 'success' ? edge.from : [])))
  return edges.some(edge => edge.if !== 'success' && !wanted.has(edge.from))
}

/** Whether the step wants to run only if something failed. */
export function wantsFailure({ edges }: { readonly edges: readonly Edge[] }): boolean {
  return edges.some(edge => edge.if === 'failed')
}

/** What it means for the far end: an excluded step never fails itself, and it is blocked by unmet `success` edges only. */
function passedThrough(edge: Edge, beyond: readonly Edge[]): Edge[] {
  return beyond.map(
    (far): Edge => ({
      from: far.from,
      on: edge.on === 'all' ? 'all' : far.on,
      if: far.if === 'success' ? edge.if : 'always',
    }),
  )
}

function distinct(edges: readonly Edge[]): Edge[] {
  return [...new Map(edges.map(edge => [`${edge.from} ${edge.on} ${edge.if}`, edge])).values()]
}

function dependents(needs: readonly (readonly Edge[])[], on: Edge['on']): Dependents {
  const any: number[][] = needs.map(() => [])
  const success: number[][] = needs.map(() => [])
  const failed: number[][] = needs.map(() => [])
  needs.forEach((edges, index) => {
    for (const edge of edges) {
      if (edge.on !== on) continue
      any[edge.from]!.push(index)
      if (edge.if === 'success') success[edge.from]!.push(index)
      if (edge.if === 'failed') failed[edge.from]!.push(index)
    }
  })
  return { any, success, failed }
}
