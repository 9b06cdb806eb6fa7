import { dependencyOrder } from '../expr/dependency-order.ts'
import { didYouMean } from '../model/did-you-mean.ts'
import type { Edge } from '../model/plan.ts'
import type { Need, Step } from '../model/playbook.ts'
import type { Problem } from '../model/problem.ts'

export interface StepEdges {
  /** For each step, what it waits for, each step once. */
  readonly edges: readonly (readonly Edge[])[]
  /** Step indexes in a topological order, source order where that leaves a choice. */
  readonly order: readonly number[]
  readonly problems: readonly Problem[]
}

/** Finds what every step waits for (SEMANTICS: "Order"). With problems, `order` is not complete. */
export function findEdges(steps: readonly Step[]): StepEdges {
  const problems: Problem[] = []
  const indexes = new Map(steps.map((step, index) => [step.id, index]))
  const edges = steps.map((step, index) => {
    const found = step.needs === undefined ? before(index) : namedNeeds(step, step.needs, indexes, problems)
    return step.once ? found.map(({ from }) => ({ from, on: 'all' as const, if: 'success' as const })) : found
  })
  const { order, cycles } = dependencyOrder(
    steps.length,
    edges.map(list => list.map(({ from }) => from)),
  )
  for (const cycle of cycles) problems.push(cycleProblem(steps, cycle))
  return { edges, order, problems }
}

function before(index: number): Edge[] {
  return index === 0 ? [] : [{ from: index - 1, on: 'host', if: 'success' }]
}

function namedNeeds(
  step: Step,
  needs: readonly Need[],
  indexes: ReadonlyMap<string, number>,
  problems: Problem[],
): Edge[] {
  const found = new Map<number, Edge>()
  for (const need of needs) {
    const from = indexes.get(need.step)
    if (from === undefined) problems.push(unknownNeed(step, need, indexes))
    else if (found.get(from)?.on !== 'all') found.set(from, { from, on: need.on, if: need.if })
  }
  return [...found.values()]
}

function unknownNeed(step: Step, need: Need, indexes: ReadonlyMap<string, number>): Problem {
  const others = [...indexes.keys()].filter(id => id !== step.id)
  const hint =
    didYouMean(need.step, others) ?? (others.length > 0 ? `the others are ${some(others)}` : undefined)
  return {
    code: 'step_unknown',
    severity: 'error',
    message: `"${step.id}" needs "${need.step}", and there is no such step`,
    where: need.where,
    ...(hint === undefined ? {} : { hint }),
  }
}

/** Told at a need that closes the circle, for that is where it can be broken. */
function cycleProblem(steps: readonly Step[], cycle: readonly number[]): Problem {
  const [first, second] = cycle.map(index => steps[index])
  const need = first?.needs?.find(({ step }) => step === second?.id)
  const where = need?.where ?? first?.where
  const path = cycle.map(index => steps[index]?.id).join(' → ')
  const words =
    cycle.length === 2
      ? { message: `"${first?.id}" needs itself`, hint: 'take it away' }
      : {
          message: `these steps wait for each other: ${path}`,
          hint: 'each arrow reads "needs"; take one of them away',
        }
  return {
    code: 'step_cycle',
    severity: 'error',
    ...words,
    ...(where === undefined ? {} : { where }),
  }
}

function some(ids: readonly string[]): string {
  return ids.slice(0, 8).join(', ') + (ids.length > 8 ? ', …' : '')
}
