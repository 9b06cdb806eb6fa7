import type { Plan, PlanGroup, PlanStep } from '../../model/plan.ts'
import { count } from '../../model/quantity.ts'
import { escapeText } from '../escape.ts'
import { cutNames } from '../host-names.ts'
import { textWidth, truncate } from '../width.ts'
import { wrapText } from '../wrap.ts'
import type { QuietEntry } from './fold-quiet.ts'
import { INDENT, type PreviewFrame } from './frame.ts'
import { type GroupTextOptions, verdictWords } from './group-text.ts'
import { quietSteps } from './quiet-words.ts'
import { STANDING_STYLE, type Standing } from './standing.ts'
import type { VerdictGroup } from './verdict-groups.ts'

/** What is said in one line: of a step, or of several. Escaped. */
export interface StepLine {
  /** `12.`, empty for several. */
  readonly number: string
  readonly standing: Standing
  readonly id: string
  /** Cut where there is no room for it; the id never is. */
  readonly title: string
  /** Names of hosts are cut to fit. */
  readonly words: (columns: number) => string
}

export interface StepLineOptions extends Omit<GroupTextOptions, 'columns' | 'paint' | 'shown'> {
  readonly plan: Plan
  readonly frame: PreviewFrame
  readonly width: number
  /** Whether hosts are named; not where all that is shown is of the same hosts. */
  readonly named: boolean
  /** Digits of the highest number of a step. */
  readonly digits: number
}

/** What is said has at least so many columns, and names of hosts in it. */
const LEAST = { words: 30, names: 24 } as const

/** Steps of which a line says all. */
export class StepLines {
  readonly #options: StepLineOptions
  readonly #frame: PreviewFrame

  constructor(options: StepLineOptions) {
    this.#options = options
    this.#frame = options.frame
  }

  step(step: PlanStep, number: number, [group]: readonly VerdictGroup[]): StepLine {
    return {
      number: `${number}.`,
      standing: group?.standing ?? 'skip',
      id: escapeText(step.id),
      title: this.#frame.title(step),
      words: columns => this.#words(step, group, columns),
    }
  }

  /** Without numbers, which would be several. */
  quiet(
    { group, steps, areItems }: QuietEntry,
    groupsOf: (step: PlanStep) => readonly VerdictGroup[],
  ): StepLine {
    const { words, standing, hostsOf } = quietSteps(steps, groupsOf)
    const size = count(steps.length, areItems ? 'item' : 'step')
    const lead = group === undefined ? words : `${size}${words === 'skipped' ? '' : ':'} ${words}`
    const end = hostsOf === undefined ? '' : this.#via(hostsOf)
    return {
      ...{ number: '', standing, id: group === undefined ? size : escapeText(group.id) },
      title: group === undefined ? '' : this.#groupTitle(group),
      words: columns =>
        hostsOf === undefined || !this.#options.named
          ? lead + end
          : `${lead} on ${this.#hosts(hostsOf, columns - textWidth(lead) - 4)}`,
    }
  }

  /** @param labelWidth columns of what the lines beside it are called */
  lines(line: StepLine, depth: number, labelWidth: number): string[] {
    const { paint } = this.#frame
    const { sign, style } = STANDING_STYLE[line.standing]
    const label = cutLabel(line, labelWidth)
    const head = `${line.number.padStart(this.#options.digits + 1)} ${label}`
    const gap = ' '.repeat(Math.max(0, labelWidth - textWidth(label)) + 2)
    const lead = 2 + textWidth(head) + gap.length
    const room = this.room(depth, Math.max(labelWidth, textWidth(label)))
    const [first = '', ...more] = wrapText(line.words(room), room).map(text => paint(style, text))
    const isDim = line.standing !== 'unknown'
    return [
      `${paint(style, sign)} ${isDim ? paint('dim', head) : head}${gap}${first}`,
      ...more.map(text => ' '.repeat(lead) + text),
    ]
  }

  /** Columns for what is said, beside labels that take so many. */
  room(depth: number, labelWidth: number): number {
    const { width, digits } = this.#options
    return Math.max(LEAST.words, width - INDENT.length * depth - 2 - (digits + 1) - 1 - labelWidth - 2)
  }

  #words(step: PlanStep, group: VerdictGroup | undefined, columns: number): string {
    if (group === undefined) return noHostWords(step)
    const { shown, paint } = this.#frame
    const options: GroupTextOptions = { ...this.#options, paint, shown, columns }
    if (!this.#options.named) return verdictWords(group, options) + this.#via(group)
    const space = columns - textWidth(verdictWords(group, options, '?'))
    return verdictWords(group, options, this.#hosts(group, space))
  }

  #groupTitle({ id, title }: PlanGroup): string {
    return title === id ? '' : this.#frame.shown(title)
  }

  #hosts(group: VerdictGroup, columns: number): string {
    const names = this.#frame.fold(group.hosts.map(host => this.#nameOf(host)))
    const after = `${group.hosts.length > 1 ? ` (${group.hosts.length})` : ''}${this.#via(group)}`
    return `${escapeText(cutNames(names, Math.max(LEAST.names, columns - textWidth(after))))}${after}`
  }

  #via({ delegate }: VerdictGroup): string {
    return delegate === undefined ? '' : `, carried out on ${escapeText(this.#nameOf(delegate))}`
  }

  #nameOf(host: number): string {
    return this.#options.plan.hosts[host]?.name ?? ''
  }
}

/** Why nothing is said of any host. */
export function noHostWords({ targets }: PlanStep): string {
  return targets.length === 0 ? 'no host has it to do' : 'no host could be asked'
}

/** The whole of what a line is called. */
export function labelOf({ id, title }: Pick<StepLine, 'id' | 'title'>): string {
  return title === '' ? id : `${id}  ${title}`
}

/** What it is called in so many columns. Of a title, less than a few letters would say nothing. */
export function cutLabel({ id, title }: StepLine, columns: number): string {
  const room = columns - textWidth(id) - 2
  return room < Math.min(8, textWidth(title)) ? id : labelOf({ id, title: truncate(title, room) })
}
