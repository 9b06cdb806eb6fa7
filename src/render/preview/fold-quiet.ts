import type { PlanGroup, PlanStep } from '../../model/plan.ts'
import type { PreviewEntry } from './entries.ts'

/** Steps of a group of which one line says enough. */
export interface QuietEntry {
  readonly kind: 'quiet'
  readonly depth: number
  /** The group that has no others; absent where it has, and stands above. */
  readonly group?: PlanGroup
  readonly steps: readonly PlanStep[]
  /** Whether each of the steps is an item of a loop. */
  readonly areItems: boolean
}

export type ListEntry = PreviewEntry | QuietEntry

type GroupEntry = PreviewEntry & { readonly kind: 'group' }

/** An entry directly inside of a group, with all that is inside of it. */
type Member = readonly [PreviewEntry, ...PreviewEntry[]]

/**
 * Folds the quiet steps of each group to one entry after its others, and a group without others as a whole. A single
 * one stays as it is. Steps outside of groups do, too.
 */
export function foldQuiet(
  entries: readonly PreviewEntry[],
  isQuiet: (step: PlanStep) => boolean,
): ListEntry[] {
  return membersOf(entries).flatMap(([first, ...inside]) =>
    first.kind === 'group' ? foldGroup(first, inside, isQuiet) : [first],
  )
}

function foldGroup(
  group: GroupEntry,
  inside: readonly PreviewEntry[],
  isQuiet: (step: PlanStep) => boolean,
): ListEntry[] {
  const members = membersOf(inside).map(entries => ({ entries, steps: entries.flatMap(stepsOf) }))
  const [quiet, others] = [true, false].map(wanted =>
    members.filter(({ steps }) => steps.every(isQuiet) === wanted),
  ) as [typeof members, typeof members]
  const steps = quiet.flatMap(member => member.steps)
  if (steps.length <= 1) return [group, ...foldQuiet(inside, isQuiet)]
  const areItems = group.group.kind === 'loop' && quiet.every(({ entries }) => isPlain(entries))
  if (others.length === 0) return [{ kind: 'quiet', depth: group.depth, group: group.group, steps, areItems }]
  const shown = others.flatMap(({ entries }) => entries)
  return [group, ...foldQuiet(shown, isQuiet), { kind: 'quiet', depth: group.depth + 1, steps, areItems }]
}

function membersOf(entries: readonly PreviewEntry[]): Member[] {
  const members: [PreviewEntry, ...PreviewEntry[]][] = []
  for (const entry of entries) {
    const open = members.at(-1)
    if (open === undefined || entry.depth <= open[0].depth) members.push([entry])
    else open.push(entry)
  }
  return members
}

function stepsOf(entry: PreviewEntry): readonly PlanStep[] {
  switch (entry.kind) {
    case 'group':
      return []
    case 'step':
      return [entry.step]
    case 'more':
      return [...entry.items.values()].flat()
  }
}

/** Of a loop: its items are steps, not groups of them. */
function isPlain([first]: Member): boolean {
  if (first.kind === 'more') return [...first.items.values()].every(steps => steps.length === 1)
  return first.kind === 'step'
}
