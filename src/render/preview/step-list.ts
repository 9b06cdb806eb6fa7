import type { PlanStep } from '../../model/plan.ts'
import type { Preview } from '../../model/preview.ts'
import { count } from '../../model/quantity.ts'
import { textWidth } from '../width.ts'
import { wrapText } from '../wrap.ts'
import { type ChooseItems, type LoopItems, type PreviewEntry, previewEntries } from './entries.ts'
import { INDENT } from './frame.ts'
import { countStandings, countWords, STANDINGS, type Standing } from './standing.ts'
import { labelRoom, type StepBlockOptions, StepBlocks } from './step-block.ts'
import { foldVerdicts, type VerdictGroup } from './verdict-groups.ts'

export interface StepListOptions extends StepBlockOptions {
  /** Of a loop so many items are shown. */
  readonly items: number
}

type StepEntry = PreviewEntry & { readonly kind: 'step' }

/** The steps of a preview in their order, in the groups around them. */
export class StepList {
  readonly #preview: Preview
  readonly #options: StepListOptions
  readonly #own: ((step: PlanStep) => readonly VerdictGroup[]) | undefined
  readonly #blocks: StepBlocks
  readonly #folded = new Map<number, readonly VerdictGroup[]>()

  /** @param own the groups of hosts that all is shown of, where that is not all hosts: other steps are left out */
  constructor(preview: Preview, options: StepListOptions, own?: (step: PlanStep) => readonly VerdictGroup[]) {
    this.#preview = preview
    this.#options = options
    this.#own = own
    this.#blocks = new StepBlocks(options)
  }

  lines(): string[] {
    const entries = this.#entries()
    const lines: string[] = []
    let labels = new Map<PreviewEntry, number>()
    for (const [at, entry] of entries.entries()) {
      const before = entries[at - 1]
      if (before !== undefined && this.#isApart(before, entry)) lines.push('')
      if (!labels.has(entry)) labels = this.#labelWidths(entries, at)
      const shown = this.#entry(entry, labels.get(entry) ?? 0)
      lines.push(...shown.map(line => `${INDENT.repeat(entry.depth)}${line}`.trimEnd()))
    }
    return lines
  }

  #entry(entry: PreviewEntry, labelWidth: number): string[] {
    switch (entry.kind) {
      case 'group':
        return this.#options.frame.group(entry)
      case 'more':
        return this.#more(entry)
      case 'step': {
        const { step, number, depth } = entry
        const groups = this.#groups(step)
        return this.#isLine(entry)
          ? this.#blocks.line(step, number, groups, depth, labelWidth)
          : this.#blocks.block(step, number, groups, depth)
      }
    }
  }

  /** Without facts, which were gathered already, and without what none of the hosts has to do. */
  #entries(): PreviewEntry[] {
    const has = (step: PlanStep) => !step.hidden && (this.#own === undefined || this.#groups(step).length > 0)
    const told = previewEntries(this.#preview.plan, this.#chooseItems).filter(entry => {
      if (entry.kind === 'step') return has(entry.step)
      return entry.kind === 'group' || [...entry.items.values()].some(steps => steps.some(has))
    })
    // From the last one on, a heading below which nothing deeper is left goes.
    return told
      .reduceRight<PreviewEntry[]>((kept, entry) => {
        const next = kept.at(-1)
        const isEmpty = entry.kind === 'group' && (next === undefined || next.depth <= entry.depth)
        if (!isEmpty) kept.push(entry)
        return kept
      }, [])
      .reverse()
  }

  /** Lines stand close together, blocks apart; a group's heading belongs to what comes after it. */
  #isApart(before: PreviewEntry, entry: PreviewEntry): boolean {
    if (entry.kind === 'group') return before.kind !== 'group' || before.depth >= entry.depth
    if (before.kind === 'group') return false
    return before.depth !== entry.depth || !this.#isLine(before) || !this.#isLine(entry)
  }

  #isLine(entry: PreviewEntry): boolean {
    return entry.kind !== 'step' || this.#blocks.isLine(entry.step, this.#groups(entry.step))
  }

  /** Of lines one below the other, what is said begins in the same column, unless a name is very long. */
  #labelWidths(entries: readonly PreviewEntry[], from: number): Map<PreviewEntry, number> {
    const run: StepEntry[] = []
    for (const entry of entries.slice(from)) {
      if (entry.kind !== 'step' || !this.#isLine(entry) || entry.depth !== entries[from]?.depth) break
      run.push(entry)
    }
    const widths = run.map(({ step }) => textWidth(this.#blocks.label(step)))
    const most = labelRoom(this.#options.width)
    const common = Math.max(0, ...widths.filter(width => width <= most))
    return new Map(run.map(entry => [entry, common]))
  }

  #groups(step: PlanStep): readonly VerdictGroup[] {
    const known = this.#folded.get(step.index)
    if (known !== undefined) return known
    const groups = this.#own?.(step) ?? foldVerdicts(this.#preview, step, this.#options)
    this.#folded.set(step.index, groups)
    return groups
  }

  /** Of many items those are shown about which there is something to say. */
  readonly #chooseItems: ChooseItems = items => {
    const most = this.#options.items
    if (items.size <= most) return new Set(items.keys())
    const ranked = [...items]
      .map(([id, steps]) => ({ id, rank: STANDINGS.indexOf(this.#worst(steps)) }))
      .filter(({ rank }) => rank < STANDINGS.indexOf('no change'))
      .toSorted((a, b) => a.rank - b.rank)
    return new Set(ranked.slice(0, most).map(({ id }) => id))
  }

  #worst(steps: readonly PlanStep[]): Standing {
    const found = new Set(steps.flatMap(step => this.#groups(step).map(({ standing }) => standing)))
    return STANDINGS.find(standing => found.has(standing)) ?? 'skip'
  }

  #more({ items, depth }: PreviewEntry & { readonly kind: 'more' }): string[] {
    const counts = countWords(countStandings(this.#groupsOf(items)))
    const text = `… ${count(items.size, 'more item')}: ${counts} (-v shows them)`
    const room = this.#options.width - INDENT.length * depth
    return wrapText(text, room).map(line => this.#options.frame.paint('dim', line))
  }

  #groupsOf(items: LoopItems): VerdictGroup[] {
    return [...items.values()].flatMap(steps => steps.flatMap(step => this.#groups(step)))
  }
}
