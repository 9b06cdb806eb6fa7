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
  /** Items of a loop that are like those before them. */
  | { readonly kind: 'more'; readonly depth: number; readonly items: ReadonlySet<string> }

/**
 * A plan's steps in their order, with the groups around them. Excluded steps are left out.
 * @param mostItems so many items of each loop are shown
 */
export function previewEntries(plan: Plan, mostItems: number): readonly PreviewEntry[] {
  const listing = new Listing(plan, mostItems)
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
  readonly #items: ReadonlyMap<number, ReadonlySet<string>>
  readonly #mostItems: number
  readonly #shown = new Map<number, Set<string>>()
  readonly #more = new Map<number, Set<string>>()
  readonly #seen = new Set<number>()
  #open: readonly number[] = []
  #number = 0

  constructor(plan: Plan, mostItems: number) {
    this.#plan = plan
    this.#mostItems = mostItems
    this.#groups = new PlanGroups(plan)
    this.#rollings = this.#groups.rollings()
    this.#items = this.#groups.items()
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

  #isFolded(step: PlanStep, path: readonly number[]): boolean {
    for (const [depth, group] of path.entries()) {
      if (!this.#items.has(group)) continue
      const item = this.#groups.itemOf(step, path, depth)
      const shown = this.#shown.get(group) ?? new Set()
      this.#shown.set(group, shown)
      if (shown.size < this.#mostItems) shown.add(item)
      if (shown.has(item)) continue
      this.#leaveOut(group, depth, item)
      return true
    }
    return false
  }

  #leaveOut(group: number, depth: number, item: string): void {
    const known = this.#more.get(group)
    if (known !== undefined) {
      known.add(item)
      return
    }
    const items = new Set([item])
    this.#more.set(group, items)
    this.entries.push({ kind: 'more', depth: depth + 1, items })
  }
}
