import type { WrittenPlaybook } from './model.ts'
import { leavesOf, named, type Unfolded, type Unit } from './unfolded.ts'
import { referencesOf } from './values.ts'

/** Steps that options leave out. */
export function excludedOf({ leaves }: Unfolded, { options }: WrittenPlaybook): ReadonlySet<Unit> {
  const { tags = [], skipTags = [], steps } = options
  const wanted = steps === undefined ? undefined : withWhatTheyName(leaves, steps)
  return new Set(
    leaves.filter(leaf => {
      const own = leaf.inherited.tags
      const isTagged = tags.length === 0 || own.some(tag => tags.includes(tag))
      const isLeftOut = own.some(tag => skipTags.includes(tag)) || wanted?.has(leaf) === false
      return !isTagged || isLeftOut || (leaf.hosts.length === 0 && leaf.idle.length === 0)
    }),
  )
}

function withWhatTheyName(leaves: readonly Unit[], ids: readonly string[]): ReadonlySet<Unit> {
  const wanted = new Set<Unit>()
  const around = (unit: Unit): Unit[] => {
    const outer = unit.container ?? unit.file.user
    return outer === undefined ? [unit] : [unit, ...around(outer)]
  }
  const add = (leaf: Unit): void => {
    if (wanted.has(leaf)) return
    wanted.add(leaf)
    for (const reference of referencesOf(leaf))
      if (reference.kind !== 'facts') named(reference.step, reference.unit).flatMap(leavesOf).forEach(add)
    for (const unit of around(leaf))
      if (unit.container?.kind !== 'loop')
        for (const need of unit.step.needs ?? []) named(need.step, unit).flatMap(leavesOf).forEach(add)
  }
  leaves.filter(leaf => around(leaf).some(unit => ids.includes(unit.step.id))).forEach(add)
  return wanted
}
