import type { Plan, PlanStep } from '../model/plan.ts'
import { count } from '../model/quantity.ts'
import type { SketchNode } from '../model/sketch.ts'
import { escapeText } from './escape.ts'
import { foldHosts } from './fold-hosts.ts'
import { leftOut } from './left-out.ts'
import { createPaint, type Paint } from './paint.ts'
import { planSize, sizeWords } from './plan-size.ts'
import { describeSketch } from './preview/action.ts'
import { type PreviewEntry, previewEntries } from './preview/entries.ts'
import { foldSketches, type SketchGroup } from './preview/fold.ts'
import { notesOf, settingsOf } from './preview/notes.ts'
import { batchLines, rollingWords } from './rolling-words.ts'
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

const INDENT = '   '

/** What a plan would do, step by step in their order, hosts folded where it does the same there. */
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
  readonly #paint: Paint
  readonly #folded = new Map<string, string>()
  readonly #most: Readonly<Record<keyof typeof SHORT, number>>

  constructor(plan: Plan, sketch: SketchNode, options: PreviewOptions) {
    this.#plan = plan
    this.#sketch = sketch
    this.#options = options
    this.#paint = createPaint(options.color)
    this.#most = options.verbose ? WHOLE : SHORT
  }

  lines(): string[] {
    const entries = previewEntries(this.#plan, this.#most.items)
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
      ...left.map(line => this.#paint('yellow', line)),
      summary(this.#plan),
    ]
  }

  #heading(): string[] {
    const { name, file, maxFailures } = this.#plan
    const where = name === file ? '' : this.#paint('dim', ` (${escapeText(file)})`)
    const note = 'This is what would be sent. No host was asked, so guards and files there are not looked at.'
    const end =
      maxFailures === undefined ? [] : [endWords(maxFailures === 0 ? undefined : count(maxFailures, 'host'))]
    return [
      `${this.#paint('bold', escapeText(name))}${where}`,
      ...[note, ...end].flatMap(text =>
        wrapText(text, this.#options.width).map(line => this.#paint('dim', line)),
      ),
    ]
  }

  #entry(entry: PreviewEntry): string[] {
    switch (entry.kind) {
      case 'group':
        return this.#group(entry)
      case 'step':
        return entry.step.hidden ? this.#hidden(entry.step) : this.#step(entry)
      case 'more':
        return this.#more(entry.items)
    }
  }

  #group({ group, rolling, items, continued, depth }: PreviewEntry & { kind: 'group' }): string[] {
    const paint = this.#paint
    const title = group.title === group.id ? '' : `  ${escapeText(group.title)}`
    const notes = [
      ...(continued ? ['continued'] : []),
      ...(items === undefined ? [] : [count(items, 'item')]),
    ]
    const head = `${paint('magenta', group.kind)} ${paint('bold', escapeText(group.id))}${title}`
    const lines = [head + (notes.length === 0 ? '' : paint('dim', `, ${notes.join(', ')}`))]
    if (rolling === undefined || continued) return lines
    const { batches, more } = batchLines(rolling, this.#plan, this.#most.batches)
    lines.push(...this.#dim(rollingWords(rolling), depth))
    for (const [at, { hosts, size }] of batches.entries()) {
      const label = `batch ${at + 1}: `
      const names = this.#hosts(hosts, size > 1 ? ` (${count(size, 'host')})` : '', depth, label.length)
      lines.push(...names.map((line, row) => INDENT + paint('dim', row === 0 ? label : '') + line))
    }
    if (more !== '') lines.push(`${INDENT}${paint('dim', `${more} (-v shows them)`)}`)
    return lines
  }

  /** Made by the compiler: one line says what it is there for. */
  #hidden(step: PlanStep): string[] {
    const names = step.targets.length === 0 ? [] : Array.from(step.targets, this.#nameOf)
    const size = names.length > 1 ? ` (${count(names.length, 'host')})` : ''
    const text = `${step.id} are gathered first, on ${foldHosts(names)}${size}`
    return wrapText(escapeText(text), this.#options.width - 3).map(
      (line, at) => `${at === 0 ? '•  ' : INDENT}${this.#paint('dim', line)}`,
    )
  }

  #step({ step, number, depth }: PreviewEntry & { kind: 'step' }): string[] {
    const paint = this.#paint
    const parent = step.group === undefined ? undefined : this.#plan.groups[step.group]
    const isPlain = step.title === step.id || (parent?.kind === 'loop' && parent.title === step.title)
    const title = isPlain ? '' : `  ${escapeText(step.title)}`
    const head = `${paint('dim', `${number}.`)} ${paint('bold', escapeText(step.id))}${title}`
    const lines = [head, ...this.#dim(notesOf(this.#plan, step).join(', '), depth)]
    for (const [label, text] of settingsOf(step))
      lines.push(
        `${INDENT}${paint('dim', label === '' ? escapeText(text) : `${label} `)}${label === '' ? '' : escapeText(text)}`,
      )
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
    const names = this.#hosts(this.#fold(hosts), `${size}${via}`, depth)
    const { cwd, width } = this.#options
    const columns = width - INDENT.length * (depth + 1) - 2
    const settings = { paint: this.#paint, cwd, columns, lines: this.#most.lines }
    const action = describeSketch(sketch, step, settings)
    return [
      ...names.map((line, at) => `${INDENT}${line}${at === names.length - 1 ? ':' : ''}`),
      ...action.map(line => `${INDENT}  ${line}`),
    ]
  }

  /** Many steps run on the same many hosts. */
  #fold(hosts: readonly string[]): string {
    const key = hosts.join()
    const folded = this.#folded.get(key) ?? foldHosts(hosts)
    this.#folded.set(key, folded)
    return folded
  }

  #more(items: ReadonlySet<string>): string[] {
    const ids = [...items]
    const span = ids.length === 1 ? ids[0] : `${ids[0]} … ${ids.at(-1)}`
    return [
      this.#paint(
        'dim',
        `… and ${count(ids.length, 'more item')}: ${escapeText(span ?? '')} (-v shows them)`,
      ),
    ]
  }

  #dim(text: string, depth: number): string[] {
    const room = this.#options.width - INDENT.length * (depth + 1)
    return wrapText(escapeText(text), room).map(line => `${INDENT}${this.#paint('dim', line)}`)
  }

  #hosts(folded: string, after: string, depth: number, lead = 0): string[] {
    const lines = wrapNames(folded, this.#options.width - 4 - INDENT.length * depth - lead)
    return lines.map((names, at) => {
      const note = at === lines.length - 1 ? this.#paint('dim', after) : ''
      return `${this.#paint('green', escapeText(names))}${note}`
    })
  }

  readonly #nameOf = (host: number): string => this.#plan.hosts[host]?.name ?? ''
}

/** Breaks a folded list of hosts after its commas, those inside brackets too. */
function wrapNames(names: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const piece of names.split(/(?<=,)/)) {
    if (line !== '' && line.length + piece.length > width) {
      lines.push(line)
      line = ''
    }
    line += piece
  }
  return [...lines, line]
}
