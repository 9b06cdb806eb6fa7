import type { Plan, PlanStep } from '../model/plan.ts'
import { count } from '../model/quantity.ts'
import type { SketchNode } from '../model/sketch.ts'
import { escapeText } from './escape.ts'
import { foldHosts } from './fold-hosts.ts'
import { leftOut } from './left-out.ts'
import { planSize, sizeWords } from './plan-size.ts'
import { describeSketch } from './preview/action.ts'
import { firstItems, type PreviewEntry, previewEntries } from './preview/entries.ts'
import { foldSketches, type SketchGroup } from './preview/fold.ts'
import { INDENT, PreviewFrame } from './preview/frame.ts'
import { notesOf, settingsOf } from './preview/notes.ts'
import { endWords } from './step-words.ts'
import { wrapText } from './wrap.ts'

export interface PreviewOptions {
  readonly color: boolean
  /** Columns of the terminal. */
  readonly width: number
  /** Local paths below it are shown relative to it. */
  readonly cwd: string
  /** Shows all of what is otherwise shortened. */
  readonly verbose: boolean
}

/** Of what repeats itself only so many are shown, and of a text so many lines. */
const SHORT = { groups: 4, items: 4, batches: 4, lines: 20 } as const
const WHOLE = {
  groups: Number.POSITIVE_INFINITY,
  items: Number.POSITIVE_INFINITY,
  batches: Number.POSITIVE_INFINITY,
  lines: Number.POSITIVE_INFINITY,
} as const

/** What a plan would do, step by step in their order, hosts folded where it does the same there; no host was asked. */
export function renderPreview(plan: Plan, sketch: SketchNode, options: PreviewOptions): string {
  const preview = new Preview(plan, sketch, options)
  return `${preview.lines().join('\n')}\n`
}

/** `Plan: 14 steps on 6 hosts (…)`. */
export function summary(plan: Plan): string {
  return `Plan: ${sizeWords(planSize(plan))} (not connected: what would change is not known)`
}

class Preview {
  readonly #plan: Plan
  readonly #sketch: SketchNode
  readonly #options: PreviewOptions
  readonly #frame: PreviewFrame
  readonly #most: Readonly<Record<keyof typeof SHORT, number>>

  constructor(plan: Plan, sketch: SketchNode, options: PreviewOptions) {
    this.#plan = plan
    this.#sketch = sketch
    this.#options = options
    this.#most = options.verbose ? WHOLE : SHORT
    this.#frame = new PreviewFrame(plan, { ...options, batches: this.#most.batches })
  }

  lines(): string[] {
    const entries = previewEntries(this.#plan, firstItems(this.#most.items))
    const blocks = entries.flatMap(entry => [
      ...this.#entry(entry).map(line => `${INDENT.repeat(entry.depth)}${line}`.trimEnd()),
      '',
    ])
    const { width } = this.#options
    const left = leftOut(this.#plan).flatMap(line => wrapText(escapeText(line), width))
    return [
      ...this.#heading(),
      '',
      ...blocks,
      ...left.map(line => this.#frame.paint('yellow', line)),
      summary(this.#plan),
    ]
  }

  #heading(): string[] {
    const { maxFailures } = this.#plan
    const note = 'This is what would be sent. No host was asked, so guards and files there are not looked at.'
    const end =
      maxFailures === undefined ? [] : [endWords(maxFailures === 0 ? undefined : count(maxFailures, 'host'))]
    return this.#frame.heading([note, ...end])
  }

  #entry(entry: PreviewEntry): string[] {
    switch (entry.kind) {
      case 'group':
        return this.#frame.group(entry)
      case 'step':
        return entry.step.hidden ? this.#hidden(entry.step) : this.#step(entry)
      case 'more':
        return this.#more([...entry.items.keys()])
    }
  }

  /** Made by the compiler: one line says what it is there for. */
  #hidden(step: PlanStep): string[] {
    const names = step.targets.length === 0 ? [] : Array.from(step.targets, this.#nameOf)
    const size = names.length > 1 ? ` (${count(names.length, 'host')})` : ''
    const text = `${step.id} are gathered first, on ${foldHosts(names)}${size}`
    return wrapText(escapeText(text), this.#options.width - 3).map(
      (line, at) => `${at === 0 ? '•  ' : INDENT}${this.#frame.paint('dim', line)}`,
    )
  }

  #step({ step, number, depth }: PreviewEntry & { kind: 'step' }): string[] {
    const { paint } = this.#frame
    const lines = [
      this.#frame.step(step, String(number)),
      ...this.#frame.dim(notesOf(this.#plan, step).join(', '), depth),
      ...settingsOf(step).map(([label, text]) => this.#frame.setting(label, text)),
    ]
    if (step.targets.length === 0) return [...lines, `${INDENT}${paint('yellow', 'no host has it to do')}`]
    const groups = foldSketches(this.#plan, step, this.#sketch)
    const shown = groups.slice(0, this.#most.groups)
    for (const group of shown) lines.push(...this.#sketched(group, step, depth))
    const rest = groups.slice(shown.length)
    if (rest.length > 0) {
      const hosts = rest.reduce((sum, group) => sum + group.hosts.length, 0)
      const ways = count(rest.length, 'other way')
      lines.push(`${INDENT}${paint('dim', `… and ${ways} on ${count(hosts, 'host')} (-v shows them)`)}`)
    }
    return lines
  }

  #sketched({ hosts, delegate, sketch }: SketchGroup, step: PlanStep, depth: number): string[] {
    const size = hosts.length > 1 ? ` (${hosts.length} hosts)` : ''
    const via = delegate === undefined ? '' : `, carried out on ${escapeText(delegate)}`
    const names = this.#frame.hosts(this.#frame.fold(hosts), `${size}${via}`, depth)
    const { cwd, width } = this.#options
    const columns = width - INDENT.length * (depth + 1) - 2
    const { paint, shown } = this.#frame
    const action = describeSketch(sketch, step, { paint, shown, cwd, columns, lines: this.#most.lines })
    return [
      ...names.map((line, at) => `${INDENT}${line}${at === names.length - 1 ? ':' : ''}`),
      ...action.map(line => `${INDENT}  ${line}`),
    ]
  }

  #more(ids: readonly string[]): string[] {
    const span = ids.length === 1 ? ids[0] : `${ids[0]} … ${ids.at(-1)}`
    const text = `… and ${count(ids.length, 'more item')}: ${escapeText(span ?? '')} (-v shows them)`
    return [this.#frame.paint('dim', text)]
  }

  readonly #nameOf = (host: number): string => this.#plan.hosts[host]?.name ?? ''
}
