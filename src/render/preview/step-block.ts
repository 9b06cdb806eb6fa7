import type { PlanStep } from '../../model/plan.ts'
import { count } from '../../model/quantity.ts'
import { escapeText } from '../escape.ts'
import { cutNames } from '../host-names.ts'
import type { Style } from '../paint.ts'
import { textWidth } from '../width.ts'
import { wrapText } from '../wrap.ts'
import { INDENT, type PreviewFrame } from './frame.ts'
import { type GroupTextOptions, groupDetails, verdictWords } from './group-text.ts'
import { notesOf, settingsOf } from './notes.ts'
import { countStandings, countWords, STANDING_STYLE, STANDINGS, type Standing } from './standing.ts'
import { noHostWords, type StepLineOptions } from './step-line.ts'
import { foremost, type VerdictGroup } from './verdict-groups.ts'

export interface StepBlockOptions extends StepLineOptions {
  /** So many different verdicts of a step are shown. */
  readonly ways: number
}

/** A list of many hosts takes at most so many lines. */
const NAME_LINES = 4

/** Steps about which there is more to say than fits in a line. */
export class StepBlocks {
  readonly #options: StepBlockOptions
  readonly #frame: PreviewFrame

  constructor(options: StepBlockOptions) {
    this.#options = options
    this.#frame = options.frame
  }

  /** Whether a line says all. */
  isLine(step: PlanStep, groups: readonly VerdictGroup[]): boolean {
    const { verbose } = this.#options
    const [only, ...others] = groups
    if (verbose || only === undefined) return !verbose
    return others.length === 0 && (only.standing === 'unknown' || this.isQuiet(only, step))
  }

  /** Whether nothing changes on the hosts, and there is no more to say of it. */
  isQuiet(group: VerdictGroup, step: PlanStep): boolean {
    const { standing } = group
    if (standing !== 'no change' && standing !== 'skip') return false
    return groupDetails(group, step, this.#textOptions(0)).length === 0
  }

  lines(step: PlanStep, number: number, groups: readonly VerdictGroup[], depth: number): string[] {
    const { digits, verbose, plan, ways } = this.#options
    const frame = this.#frame
    const worst = STANDINGS.find(standing => groups.some(group => group.standing === standing)) ?? 'skip'
    const lines = [`${this.#sign(worst)} ${frame.step(step, String(number).padStart(digits))}`]
    if (verbose) {
      lines.push(...frame.dim(notesOf(plan, step).join(', '), depth))
      lines.push(...settingsOf(step).map(([label, text]) => frame.setting(label, text)))
    }
    if (groups.length === 0) return [...lines, ...frame.dim(noHostWords(step), depth)]
    const { shown, rest } = foremost(groups, ways)
    for (const group of shown) lines.push(...this.#group(group, step, depth, groups.length > 1))
    if (rest.length === 0) return lines
    const hosts = rest.reduce((sum, group) => sum + group.hosts.length, 0)
    const others = `… and ${count(rest.length, 'other way')} on ${count(hosts, 'host')}`
    return [...lines, ...frame.dim(`${others}: ${countWords(countStandings(rest))} (-v shows them)`, depth)]
  }

  #group(group: VerdictGroup, step: PlanStep, depth: number, withSign: boolean): string[] {
    const sign = withSign ? `${this.#sign(group.standing)} ` : ''
    const options = this.#textOptions(depth)
    const head = this.#groupHead(group, options, depth, sign === '' ? 0 : 2)
    const details = groupDetails(group, step, options)
    const indent = withSign ? '  ' : ''
    return [
      ...head.map((line, at) => `${INDENT}${at === 0 ? sign : indent}${line}`),
      ...details.map(
        line => `${INDENT}${indent}${this.#options.named || head.length > 0 ? '  ' : ''}${line}`,
      ),
    ]
  }

  /** Hosts and verdict on one line if they fit, else the verdict below. */
  #groupHead(group: VerdictGroup, options: GroupTextOptions, depth: number, lead: number): string[] {
    const { paint } = this.#frame
    const { style } = STANDING_STYLE[group.standing]
    const words = verdictWords(group, options)
    const wrapped = (columns: number) => wrapText(words, columns).map(line => paint(style, line))
    if (!this.#options.named) return words === '' ? [] : wrapped(options.columns)
    const size = `${group.hosts.length > 1 ? ` (${group.hosts.length})` : ''}${this.#via(group)}`
    const names = this.#options.verbose
      ? this.#names(group.hosts)
      : cutNames(this.#names(group.hosts), (options.columns - 6) * NAME_LINES)
    const nameStyle: Style = group.standing === 'no change' || group.standing === 'skip' ? 'dim' : 'bold'
    const lines = this.#frame.hosts(names, size, depth, lead, nameStyle)
    if (words === '') return lines
    const fits =
      lines.length === 1 && textWidth(names) + size.length + 2 + textWidth(words) <= options.columns
    if (fits) return [`${lines[0]}  ${paint(style, words)}`]
    return [...lines, ...wrapped(options.columns - 2).map(line => `  ${line}`)]
  }

  #sign(standing: Standing): string {
    const { sign, style } = STANDING_STYLE[standing]
    return this.#frame.paint(style, sign)
  }

  #names(hosts: readonly number[]): string {
    return this.#frame.fold(hosts.map(host => this.#nameOf(host)))
  }

  #via({ delegate }: VerdictGroup): string {
    return delegate === undefined ? '' : `, carried out on ${escapeText(this.#nameOf(delegate))}`
  }

  #nameOf(host: number): string {
    return this.#options.plan.hosts[host]?.name ?? ''
  }

  #textOptions(depth: number): GroupTextOptions {
    const { paint, shown } = this.#frame
    const columns = this.#options.width - INDENT.length * (depth + 1) - 4
    return { ...this.#options, paint, shown, columns }
  }
}
