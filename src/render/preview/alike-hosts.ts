import type { PlanStep } from '../../model/plan.ts'
import type { NodePreview, Preview } from '../../model/preview.ts'
import { withoutHome } from './home-paths.ts'
import { foldVerdicts, type Telling, type VerdictGroup } from './verdict-groups.ts'

/** Hosts of which the whole preview is the same. */
export interface AlikeHosts {
  /** Indexes, ascending. */
  readonly hosts: readonly number[]
  /** For each step that they have, by its index: the group that they are in, other hosts may be in it too. */
  readonly groups: ReadonlyMap<number, VerdictGroup>
}

interface ToldStep {
  readonly step: PlanStep
  readonly groups: readonly VerdictGroup[]
  /** For each host of the plan its group, counted from 1; 0 where it has none. */
  readonly groupOf: readonly number[]
}

/** Groups hosts by all that there is to tell of them, the most common first. Those without anything are left out. */
export function alikeHosts(preview: Preview, telling: Telling): AlikeHosts[] {
  const { order, steps, hosts } = preview.plan
  const told = order
    .flatMap(index => steps[index] ?? [])
    .filter(step => !step.hidden && step.excluded === undefined)
    .map(step => toldStep(step, foldVerdicts(preview, step, telling), hosts.length))
  const classes = told.reduce<readonly number[]>(
    refined,
    hosts.map(() => 0),
  )
  return [...Map.groupBy(classes.keys(), host => classes[host]).values()]
    .map(alike => ({ hosts: alike, groups: groupsOf(alike[0] as number, told) }))
    .filter(({ groups }) => groups.size > 0)
    .toSorted((a, b) => b.hosts.length - a.hosts.length)
}

function toldStep(step: PlanStep, groups: readonly VerdictGroup[], size: number): ToldStep {
  const groupOf = new Array<number>(size).fill(0)
  for (const [at, { hosts }] of groups.entries()) for (const host of hosts) groupOf[host] = at + 1
  return { step, groups, groupOf }
}

/** Hosts stay in one class that were so far, and are in the same group of a step. */
function refined(classes: readonly number[], { groups, groupOf }: ToldStep): readonly number[] {
  const known = new Map<number, number>()
  return classes.map((before, host) => {
    const key = before * (groups.length + 1) + (groupOf[host] ?? 0)
    const found = known.get(key) ?? known.size
    known.set(key, found)
    return found
  })
}

function groupsOf(host: number, told: readonly ToldStep[]): ReadonlyMap<number, VerdictGroup> {
  const groups = new Map<number, VerdictGroup>()
  for (const { step, groups: all, groupOf } of told) {
    const group = all[(groupOf[host] ?? 0) - 1]
    if (group !== undefined) groups.set(step.index, group)
  }
  return groups
}

/** What a step's group is for these hosts alone; they have none where the step does not run on them. */
export function ownGroups(preview: Preview, step: PlanStep, { hosts, groups }: AlikeHosts): VerdictGroup[] {
  const group = groups.get(step.index)
  if (group === undefined) return []
  const nodes = hosts.map(host => withoutHome(preview.node(step.index, host) as NodePreview))
  return [{ ...group, hosts, nodes }]
}
