import type { Graph, GraphGroup, GraphStep } from '../graph.ts'

interface Writers {
  readonly step: (step: GraphStep, index: number) => readonly string[]
  readonly group: (group: GraphGroup, index: number, inside: readonly string[]) => readonly string[]
}

/** Lines for all steps, those of a group inside the lines of the group, in the order of their first steps. */
export function nested(graph: Graph, { step, group }: Writers): string[] {
  const { steps, groups } = graph
  const inGroup = Map.groupBy(steps.keys(), index => steps[index]?.group)
  const within = Map.groupBy(groups.keys(), index => groups[index]?.parent)
  const firstOf = (index: number): number =>
    Math.min(...(inGroup.get(index) ?? []), ...(within.get(index) ?? []).map(firstOf))
  const linesOf = (around: number | undefined): string[] => {
    const members = [
      ...(inGroup.get(around) ?? []).map(index => ({
        first: index,
        lines: () => step(steps[index] as GraphStep, index),
      })),
      ...(within.get(around) ?? []).map(index => ({
        first: firstOf(index),
        lines: () => group(groups[index] as GraphGroup, index, linesOf(index)),
      })),
    ]
    return members
      .filter(({ first }) => first !== Number.POSITIVE_INFINITY)
      .toSorted((a, b) => a.first - b.first)
      .flatMap(({ lines }) => lines())
  }
  return linesOf(undefined)
}
