import type { Plan, PlanGroup, PlanStep, Rolling } from '../../model/plan.ts'
import { PlanGroups } from '../plan-groups.ts'

/** What the preview shows one below the other; `depth` counts the groups around it. */
export type PreviewEntry =
  | {
      readonly kind: 'group'
      readonly depth: number
      readonly group: PlanGroup
      readonly rolling?: Rolling
      /** How many items a loop has. */
      readonly items?: number
      /** Its steps go on here, after others that had to come between. */
      readonly continued: boolean
    }
  | { readonly kind: 'step'; readonly depth: number; readonly step: PlanStep; readonly number: number }
  /** The items of a loop that are not shown, each with its steps. */
  | { readonly kind: 'more'; readonly depth: number; readonly items: LoopItems }

/** Items of a loop by their ids, in their order, each with its steps. */
export type LoopItems = ReadonlyMap<string, readonly PlanStep[]>

/** Which items of a loop are shown one by one. */
export type ChooseItems = (items: LoopItems) => ReadonlySet<string>

/** The first of each loop, which stand for the others. */
export function firstItems(most: number): ChooseItems {
  return items => new Set([...items.keys()].slice(0, most))
}

/** A plan's steps in their order, with the groups around them. Excluded steps are left out. */
export function previewEntries(plan: Plan, choose: ChooseItems): readonly PreviewEntry[] {
  const listing = new Listing(plan, choose)
  for (const index of plan.order) {
    const step = plan.steps[index]
    if (step !== undefined && step.excluded === undefined) listing.add(step)
  }
  return listing.entries
}

class Listing {
  readonly entries: PreviewEntry[] = []
  readonly #plan: Plan
  readonly #groups: PlanGroups
  readonly #rollings: ReadonlyMap<number, Rolling>
  readonly #items: ReadonlyMap<number, LoopItems>
  readonly #shown: ReadonlyMap<number, ReadonlySet<string>>
  readonly #told = new Set<number>()
  readonly #seen = new Set<number>()
  #open: readonly number[] = []
  #number = 0

  constructor(plan: Plan, choose: ChooseItems) {
    this.#plan = plan
    this.#groups = new PlanGroups(plan)
    this.#rollings = this.#groups.rollings()
    this.#items = withoutExcluded(this.#groups.items())
    this.#shown = new Map([...this.#items].map(([group, items]) => [group, choose(items)]))
  }

  add(step: PlanStep): void {
    if (!step.hidden) this.#number += 1
    const path = this.#groups.around(step)
    if (this.#isFolded(step, path)) return
    for (const [depth, group] of path.entries()) this.#enter(path, depth, group)
    this.#open = path
    this.entries.push({ kind: 'step', depth: path.length, step, number: this.#number })
  }

  #enter(path: readonly number[], depth: number, index: number): void {
    const isOpen = path.slice(0, depth + 1).every((group, at) => this.#open[at] === group)
    const group = this.#plan.groups[index]
    if (isOpen || group === undefined) return
    const rolling = this.#rollings.get(index)
    const items = this.#items.get(index)?.size
    const continued = this.#seen.has(index)
    this.#seen.add(index)
    this.entries.push({
      kind: 'group',
      depth,
      group,
      continued,
      ...(rolling === undefined ? {} : { rolling }),
      ...(items === undefined ? {} : { items }),
    })
  }

  /** What is not shown is told once, where its first step would stand. */
  #isFolded(step: PlanStep, path: readonly number[]): boolean {
    for (const [depth, group] of path.entries()) {
      const items = this.#items.get(group)
      const shown = this.#shown.get(group)
      if (items === undefined || shown === undefined) continue
      if (shown.has(this.#groups.itemOf(step, path, depth))) continue
      if (!this.#told.has(group)) this.#tellRest(items, shown, path, depth)
      this.#told.add(group)
      return true
    }
    return false
  }

  #tellRest(items: LoopItems, shown: ReadonlySet<string>, path: readonly number[], depth: number): void {
    for (const [at, group] of path.slice(0, depth + 1).entries()) this.#enter(path, at, group)
    this.#open = path.slice(0, depth + 1)
    const rest = new Map([...items].filter(([id]) => !shown.has(id)))
    this.entries.push({ kind: 'more', depth: depth + 1, items: rest })
  }
}

function withoutExcluded(loops: ReadonlyMap<number, LoopItems>): ReadonlyMap<number, LoopItems> {
  return new Map(
    [...loops].map(([group, items]) => [
      group,
      new Map([...items].filter(([, steps]) => steps.some(({ excluded }) => excluded === undefined))),
    ]),
  )
}
