import type { Plan, PlanStep } from '../../model/plan.ts'
import { count } from '../../model/quantity.ts'
import { escapeText } from '../escape.ts'
import { foldHosts } from '../fold-hosts.ts'
import { createPaint, type Paint, type Style } from '../paint.ts'
import { batchLines, rollingWords } from '../rolling-words.ts'
import { textWidth } from '../width.ts'
import { wrapText } from '../wrap.ts'
import type { PreviewEntry } from './entries.ts'
import { createShown, type Shown } from './shown.ts'

export const INDENT = '   '

export interface FrameOptions {
  readonly color: boolean
  /** Columns of the terminal. */
  readonly width: number
  /** Of each rolling group so many batches are shown; none: only how many there are. */
  readonly batches: number
  readonly shown?: Shown
}

/** What every preview as text is made of: the headings of plan, groups and steps, and folded hosts, broken to fit. */
export class PreviewFrame {
  readonly paint: Paint
  readonly shown: Shown
  readonly #plan: Plan
  readonly #options: FrameOptions
  readonly #folded = new Map<string, string>()

  constructor(plan: Plan, options: FrameOptions) {
    this.#plan = plan
    this.#options = options
    this.paint = createPaint(options.color)
    this.shown = options.shown ?? createShown()
  }

  /** The same for text that stands indented. */
  narrowed(columns: number): PreviewFrame {
    return new PreviewFrame(this.#plan, { ...this.#options, width: this.#options.width - columns })
  }

  heading(notes: readonly string[]): string[] {
    const { name, file } = this.#plan
    const where = name === file ? '' : this.paint('dim', ` (${this.shown(file)})`)
    return [
      `${this.paint('bold', this.shown(name))}${where}`,
      ...notes.flatMap(note =>
        wrapText(this.shown(note), this.#options.width).map(line => this.paint('dim', line)),
      ),
    ]
  }

  group({ group, rolling, items, continued, depth }: PreviewEntry & { kind: 'group' }): string[] {
    const { paint } = this
    const title = group.title === group.id ? '' : `  ${this.shown(group.title)}`
    const notes = [
      ...(continued ? ['continued'] : []),
      ...(items === undefined ? [] : [count(items, 'item')]),
    ]
    const head = `${paint('magenta', group.kind)} ${paint('bold', escapeText(group.id))}${title}`
    const lines = [head + (notes.length === 0 ? '' : paint('dim', `, ${notes.join(', ')}`))]
    if (rolling === undefined || continued) return lines
    lines.push(...this.dim(rollingWords(rolling), depth))
    if (this.#options.batches === 0) return lines
    const { batches, more } = batchLines(rolling, this.#plan, this.#options.batches)
    for (const [at, { hosts, size }] of batches.entries()) {
      const label = `batch ${at + 1}: `
      const names = this.hosts(hosts, size > 1 ? ` (${count(size, 'host')})` : '', depth, label.length)
      lines.push(...names.map((line, row) => INDENT + paint('dim', row === 0 ? label : '') + line))
    }
    if (more !== '') lines.push(`${INDENT}${paint('dim', `${more} (-v shows them)`)}`)
    return lines
  }

  /** A title that only says the id again, or what the loop around it says, is left out. Escaped. */
  title(step: PlanStep): string {
    const parent = step.group === undefined ? undefined : this.#plan.groups[step.group]
    const isPlain = step.title === step.id || (parent?.kind === 'loop' && parent.title === step.title)
    return isPlain ? '' : this.shown(step.title)
  }

  /** @param number as it stands before the point */
  step(step: PlanStep, number: string): string {
    const title = this.title(step)
    const head = `${this.paint('dim', `${number}.`)} ${this.paint('bold', escapeText(step.id))}`
    return title === '' ? head : `${head}  ${title}`
  }

  /** A remark of drover's own below a heading. */
  dim(text: string, depth: number): string[] {
    const room = this.#options.width - INDENT.length * (depth + 1)
    return wrapText(this.shown(text), room).map(line => `${INDENT}${this.paint('dim', line)}`)
  }

  /** A label and what was written for it, which is not broken. */
  setting(label: string, text: string): string {
    if (label === '') return `${INDENT}${this.paint('dim', this.shown(text))}`
    return `${INDENT}${this.paint('dim', `${label} `)}${this.shown(text)}`
  }

  /** Many steps run on the same many hosts. */
  fold(hosts: readonly string[]): string {
    const key = hosts.join()
    const folded = this.#folded.get(key) ?? foldHosts(hosts)
    this.#folded.set(key, folded)
    return folded
  }

  /**
   * Folded hosts in lines, and what is said after them, on a line of its own where it does not fit.
   * @param lead columns that something else takes on the line
   */
  hosts(folded: string, after: string, depth: number, lead = 0, style: Style = 'green'): string[] {
    const room = this.#options.width - 4 - INDENT.length * depth - lead
    const lines = wrapNames(folded, room)
    const names = lines.map(line => this.paint(style, escapeText(line)))
    const last = names.pop() ?? ''
    const note = this.paint('dim', after)
    if (textWidth((lines.at(-1) ?? '') + after) <= room + 4) return [...names, last + note]
    return [...names, last, this.paint('dim', after.replace(/^[\s,:]+/, ''))]
  }
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
