import type { PlanStep } from '../../model/plan.ts'
import type { Preview } from '../../model/preview.ts'
import { count } from '../../model/quantity.ts'
import { wrapText } from '../wrap.ts'
import { type ChooseItems, type LoopItems, type PreviewEntry, previewEntries } from './entries.ts'
import { foldQuiet, type ListEntry } from './fold-quiet.ts'
import { INDENT } from './frame.ts'
import { labelWidth } from './label-width.ts'
import { countStandings, countWords, STANDINGS, type Standing } from './standing.ts'
import { type StepBlockOptions, StepBlocks } from './step-block.ts'
import { type StepLine, StepLines } from './step-line.ts'
import { foldVerdicts, type VerdictGroup } from './verdict-groups.ts'

export interface StepListOptions extends StepBlockOptions {
  /** Of a loop so many items are shown. */
  readonly items: number
}

/** What may be told in a line. */
type LineEntry = ListEntry & { readonly kind: 'step' | 'quiet' }

/** The steps of a preview in their order, in the groups around them. */
export class StepList {
  readonly #preview: Preview
  readonly #options: StepListOptions
  readonly #own: ((step: PlanStep) => readonly VerdictGroup[]) | undefined
  readonly #blocks: StepBlocks
  readonly #lines: StepLines
  readonly #folded = new Map<number, readonly VerdictGroup[]>()

  /** @param own the groups of hosts that all is shown of, where that is not all hosts: other steps are left out */
  constructor(preview: Preview, options: StepListOptions, own?: (step: PlanStep) => readonly VerdictGroup[]) {
    this.#preview = preview
    this.#options = options
    this.#own = own
    this.#blocks = new StepBlocks(options)
    this.#lines = new StepLines(options)
  }

  lines(): string[] {
    const entries = this.#entries()
    const lines: string[] = []
    let labels = new Map<ListEntry, number>()
    for (const [at, entry] of entries.entries()) {
      const before = entries[at - 1]
      if (before !== undefined && this.#isApart(before, entry)) lines.push('')
      if (!labels.has(entry)) labels = this.#labelWidths(entries, at)
      const shown = this.#entry(entry, labels.get(entry) ?? 0)
      lines.push(...shown.map(line => `${INDENT.repeat(entry.depth)}${line}`.trimEnd()))
    }
    return lines
  }

  #entry(entry: ListEntry, labelWidth: number): string[] {
    if (entry.kind === 'group') return this.#options.frame.group(entry)
    if (entry.kind === 'more') return this.#more(entry)
    if (this.#isLine(entry)) return this.#lines.lines(this.#line(entry), entry.depth, labelWidth)
    const { step, number, depth } = entry
    return this.#blocks.lines(step, number, this.#groups(step), depth)
  }

  #line(entry: LineEntry): StepLine {
    if (entry.kind === 'quiet') return this.#lines.quiet(entry, step => this.#groups(step))
    return this.#lines.step(entry.step, entry.number, this.#groups(entry.step))
  }

  /** Without facts, which were gathered already, and without what none of the hosts has to do. */
  #entries(): ListEntry[] {
    const has = (step: PlanStep) => !step.hidden && (this.#own === undefined || this.#groups(step).length > 0)
    const told = previewEntries(this.#preview.plan, this.#chooseItems).flatMap(entry => {
      if (entry.kind === 'more') return withoutEmpty(entry, has)
      return entry.kind === 'group' || has(entry.step) ? [entry] : []
    })
    // From the last one on, a heading below which nothing deeper is left goes.
    const filled = told
      .reduceRight<PreviewEntry[]>((kept, entry) => {
        const next = kept.at(-1)
        const isEmpty = entry.kind === 'group' && (next === undefined || next.depth <= entry.depth)
        if (!isEmpty) kept.push(entry)
        return kept
      }, [])
      .reverse()
    return this.#options.verbose ? filled : foldQuiet(filled, step => this.#isQuiet(step))
  }

  /** Whether a step need not stand alone: nothing changes on any host, and there is nothing else to show of it. */
  #isQuiet(step: PlanStep): boolean {
    return this.#groups(step).every(group => this.#blocks.isQuiet(group, step))
  }

  /** Lines stand close together, blocks apart; a group's heading belongs to what comes after it. */
  #isApart(before: ListEntry, entry: ListEntry): boolean {
    if (entry.kind === 'group') return before.kind !== 'group' || before.depth >= entry.depth
    if (before.kind === 'group') return false
    const isClose = (one: ListEntry) => one.kind === 'more' || this.#isLine(one)
    return before.depth !== entry.depth || !isClose(before) || !isClose(entry)
  }

  #isLine(entry: ListEntry): entry is LineEntry {
    if (entry.kind === 'quiet') return true
    return entry.kind === 'step' && this.#blocks.isLine(entry.step, this.#groups(entry.step))
  }

  /** Of lines one below the other. */
  #labelWidths(entries: readonly ListEntry[], from: number): Map<ListEntry, number> {
    const run: LineEntry[] = []
    for (const entry of entries.slice(from)) {
      if (!this.#isLine(entry) || entry.depth !== entries[from]?.depth) break
      run.push(entry)
    }
    const common = labelWidth(
      run.map(entry => this.#line(entry)),
      this.#options.width,
      columns => this.#lines.room(run[0]?.depth ?? 0, columns),
    )
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

/** Items of which some step has something to say. */
function withoutEmpty(
  entry: PreviewEntry & { readonly kind: 'more' },
  has: (step: PlanStep) => boolean,
): PreviewEntry[] {
  const items = [...entry.items].map(([id, steps]) => [id, steps.filter(has)] as const)
  const told = new Map(items.filter(([, steps]) => steps.length > 0))
  return told.size === 0 ? [] : [{ ...entry, items: told }]
}
