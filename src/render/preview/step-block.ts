import type { Plan, PlanStep } from '../../model/plan.ts'
import { count } from '../../model/quantity.ts'
import { escapeText } from '../escape.ts'
import { cutNames } from '../host-names.ts'
import type { Style } from '../paint.ts'
import { textWidth, truncate } from '../width.ts'
import { wrapText } from '../wrap.ts'
import { INDENT, type PreviewFrame } from './frame.ts'
import { type GroupTextOptions, groupDetails, verdictWords } from './group-text.ts'
import { notesOf, settingsOf } from './notes.ts'
import { countStandings, countWords, STANDING_STYLE, STANDINGS, type Standing } from './standing.ts'
import { foremost, type VerdictGroup } from './verdict-groups.ts'

/** A step as it is shown, and whether it is only a line that can stand close to others. */
export interface StepBlock {
  readonly lines: readonly string[]
  readonly isLine: boolean
}

export interface StepBlockOptions extends Omit<GroupTextOptions, 'columns' | 'paint' | 'shown'> {
  readonly plan: Plan
  readonly frame: PreviewFrame
  readonly width: number
  /** So many different verdicts of a step are shown. */
  readonly ways: number
  /** Whether hosts are named; not where all that is shown is of the same hosts. */
  readonly named: boolean
  /** Digits of the highest number of a step. */
  readonly digits: number
}

/** Columns for what lines call their steps; what is said of them needs the others. */
export function labelRoom(width: number): number {
  return Math.floor(width * 0.3)
}

/** A list of many hosts takes at most so many lines. */
const NAME_LINES = 4

/** Shows what is said of one step. */
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
    if (others.length > 0 || only.standing === 'change' || only.standing === 'fails') return false
    return groupDetails(only, step, this.#textOptions(0)).length === 0
  }

  /** @param labelWidth columns of the names of the steps beside it */
  line(
    step: PlanStep,
    number: number,
    groups: readonly VerdictGroup[],
    depth: number,
    labelWidth: number,
  ): string[] {
    const { digits, width } = this.#options
    const { paint } = this.#frame
    const [group] = groups
    const standing = group?.standing ?? 'skip'
    const { sign, style } = STANDING_STYLE[standing]
    const isDim = standing !== 'unknown'
    const label = this.label(step)
    const head = `${`${number}.`.padStart(digits + 1)} ${label}`
    const gap = ' '.repeat(Math.max(2, labelWidth - textWidth(label) + 2))
    const lead = 2 + textWidth(head) + gap.length
    const room = Math.max(30, width - lead - INDENT.length * depth)
    const [first = '', ...more] = wrapText(this.#lineWords(step, group, room), room)
    const painted = (text: string) => paint(style, text)
    return [
      `${painted(sign)} ${isDim ? paint('dim', head) : head}${gap}${painted(first)}`,
      ...more.map(text => `${' '.repeat(lead)}${painted(text)}`),
    ]
  }

  /** What a line calls a step: its id is never cut, its title is. */
  label(step: PlanStep): string {
    const id = escapeText(step.id)
    const title = this.#frame.title(step)
    const room = labelRoom(this.#options.width) - textWidth(id) - 2
    return title === '' || room < 8 ? id : `${id}  ${truncate(title, room)}`
  }

  #lineWords(step: PlanStep, group: VerdictGroup | undefined, room: number): string {
    if (group === undefined)
      return step.targets.length === 0 ? 'no host has it to do' : 'no host could be asked'
    const options = this.#textOptions(0)
    const words = verdictWords(group, options, this.#options.named ? '?' : '')
    const names = this.#names(group.hosts)
    const size = group.hosts.length > 1 ? ` (${group.hosts.length})` : ''
    const via = this.#via(group)
    const space = Math.max(24, room - textWidth(words) - size.length - textWidth(via))
    const hosts = `${escapeText(cutNames(names, space))}${size}${via}`
    return this.#options.named ? verdictWords(group, options, hosts) : `${words}${via}`
  }

  /** A step about which there is more to say. */
  block(step: PlanStep, number: number, groups: readonly VerdictGroup[], depth: number): string[] {
    const { digits, verbose, plan, ways } = this.#options
    const frame = this.#frame
    const worst = STANDINGS.find(standing => groups.some(group => group.standing === standing)) ?? 'skip'
    const lines = [`${this.#sign(worst)} ${frame.step(step, String(number).padStart(digits))}`]
    if (verbose) {
      lines.push(...frame.dim(notesOf(plan, step).join(', '), depth))
      lines.push(...settingsOf(step).map(([label, text]) => frame.setting(label, text)))
    }
    if (groups.length === 0) return [...lines, ...frame.dim(this.#lineWords(step, undefined, 0), depth)]
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
