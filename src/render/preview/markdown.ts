import type { PlanStep } from '../../model/plan.ts'
import type { NodePreview, Preview } from '../../model/preview.ts'
import { count } from '../../model/quantity.ts'
import { escapeText } from '../escape.ts'
import { cutNames } from '../host-names.ts'
import { leftOut } from '../left-out.ts'
import { PreviewFrame } from './frame.ts'
import { type MarkdownDetailOptions, stepDetails } from './markdown-details.ts'
import { cell, code, prose } from './markdown-text.ts'
import { createShown, type Masked } from './shown.ts'
import { countStandings, summaryLine } from './standing.ts'
import { foldUnreachable } from './unreachable.ts'
import { foldVerdicts, type VerdictGroup } from './verdict-groups.ts'

export interface VerdictMarkdownOptions {
  /** Local paths below it are shown relative to it. */
  readonly cwd: string
  /** Whether differences of contents are shown; they are unless this is false. */
  readonly diff?: boolean
  /** Takes secrets out of a text of a file or a host. */
  readonly masked?: Masked
}

/** GitHub takes 65,536 characters; what comes around it has room too. */
const LENGTH = 60_000

/** Lines of diffs of a group, those of a new file, and entries of a put, less where all does not fit. */
const LEVELS = [
  { diff: 200, fresh: 60, entries: 50 },
  { diff: 30, fresh: 10, entries: 10 },
  { diff: 0, fresh: 0, entries: 3 },
] as const

const MOST = { rows: 200, reasons: 50, hosts: 300, ways: 10, lines: 30, title: 80 } as const

const SHORTENED = '*… shortened: `drover plan` shows all of it.*'

interface FoldedStep {
  readonly step: PlanStep
  readonly groups: readonly VerdictGroup[]
}

/** What a plan would change, as a comment to a pull request. */
export function renderVerdictsMarkdown(preview: Preview, options: VerdictMarkdownOptions): string {
  return new MarkdownPreview(preview, options).text()
}

class MarkdownPreview {
  readonly #preview: Preview
  readonly #options: VerdictMarkdownOptions
  readonly #frame: PreviewFrame
  readonly #steps: readonly FoldedStep[]

  constructor(preview: Preview, options: VerdictMarkdownOptions) {
    const { plan } = preview
    this.#preview = preview
    this.#options = options
    const shown = createShown(options.masked)
    this.#frame = new PreviewFrame(plan, { color: false, width: 100, batches: 0, shown })
    const telling = { diff: options.diff !== false, verbose: false }
    this.#steps = plan.order
      .flatMap(index => plan.steps[index] ?? [])
      .filter(step => !step.hidden && step.excluded === undefined)
      .map(step => ({ step, groups: foldVerdicts(preview, step, telling) }))
  }

  /** What matters most comes first, and what does not fit is left out whole, so that nothing stays open. */
  text(): string {
    const head = [...this.#heading(), ...this.#table(), ...this.#trouble()]
    for (const level of LEVELS) {
      const isCut = level !== LEVELS[0]
      const text = joined([...head, ...this.#details(level), ...(isCut ? [SHORTENED] : [])])
      if (text.length <= LENGTH) return text
    }
    const kept: string[] = []
    let length = SHORTENED.length + 3
    for (const block of [...head, ...this.#details(LEVELS[2])]) {
      if (length + block.length + 2 > LENGTH) continue
      length += block.length + 2
      kept.push(block)
    }
    return joined([...kept, SHORTENED])
  }

  #heading(): string[] {
    const { name } = this.#preview.plan
    const counts = summaryLine(this.#preview.counts)
    return [`## Preview: ${prose(this.#frame.shown(name).slice(0, MOST.hosts))}`, `**${counts}**`]
  }

  /** Where there are very many steps, those of which nothing changes are counted only. */
  #table(): string[] {
    const isTold = ({ groups }: FoldedStep) =>
      groups.some(({ standing }) => standing !== 'no change' && standing !== 'skip')
    const told = this.#steps.length <= MOST.rows ? this.#steps : this.#steps.filter(isTold)
    const rows = told.slice(0, MOST.rows).map(folded => this.#row(folded))
    const more = this.#steps.length - rows.length
    const head = [
      '| Step | To change | Unchanged | Unknown | Skipped |',
      '| --- | ---: | ---: | ---: | ---: |',
    ]
    return [
      ...(rows.length === 0 ? [] : [[...head, ...rows].join('\n')]),
      ...(more === 0 ? [] : [`… and ${count(more, 'more step')}`]),
    ]
  }

  #row({ step, groups }: FoldedStep): string {
    const { change, unchanged, unknown, failing, skipped } = countStandings(groups)
    const title = this.#frame.title(step).slice(0, MOST.title)
    const name = `${code(escapeText(step.id))}${title === '' ? '' : ` ${prose(title)}`}`
    const filled = (n: number, words = '') => (n === 0 ? '' : `${n}${words}`)
    const unclear = [filled(unknown - failing), filled(failing, ' would fail')].filter(Boolean).join(', ')
    return `| ${[cell(name), filled(change), filled(unchanged), unclear, filled(skipped)].join(' | ')} |`
  }

  /** What would fail, what is unknown, what could not be reached: each with its hosts and its reason. */
  #trouble(): string[] {
    const all = this.#steps.flatMap(({ step, groups }) => groups.map(group => ({ step, group })))
    const reasons = (standing: 'fails' | 'unknown') =>
      all
        .filter(({ group }) => group.standing === standing)
        .map(
          ({ step, group }) =>
            `- ${code(escapeText(step.id))} on ${this.#hosts(group)}: ${this.#because(group)}`,
        )
    const unreachable = foldUnreachable(this.#preview, this.#frame.shown).map(
      ({ hosts, reason, hint, example }) => {
        const as = example === undefined ? '' : `, as ${code(escapeText(example))}`
        const help = hint === undefined ? '' : ` (${prose(shortened(hint))})`
        return `- ${this.#names(hosts)}${as}: ${prose(shortened(reason))}${help}`
      },
    )
    return [
      ...section('Would fail', reasons('fails')),
      ...section('Unknown', reasons('unknown')),
      ...section('Unreachable', unreachable),
      ...leftOut(this.#preview.plan).map(line => prose(shortened(this.#frame.shown(line)))),
    ]
  }

  #because({ nodes }: VerdictGroup): string {
    const { verdict } = nodes[0] as NodePreview
    return 'because' in verdict ? prose(shortened(this.#frame.shown(verdict.because))) : ''
  }

  #details(most: (typeof LEVELS)[number]): string[] {
    const { paint, shown } = this.#frame
    const { cwd, diff = true } = this.#options
    const settings: MarkdownDetailOptions = {
      ...{ paint, shown, cwd, diff, most, verbose: false, columns: 100 },
      ...{ lines: MOST.lines, ways: MOST.ways, hosts: group => this.#hosts(group) },
    }
    return this.#steps
      .filter(({ groups }) => groups.some(({ standing }) => standing === 'change' || standing === 'fails'))
      .map(({ step, groups }) => stepDetails(step, groups, settings))
  }

  #hosts({ hosts, delegate }: VerdictGroup): string {
    return `${this.#names(hosts)}${delegate === undefined ? '' : `, carried out on ${this.#names([delegate])}`}`
  }

  #names(hosts: readonly number[]): string {
    const names = this.#frame.fold(hosts.map(host => this.#preview.plan.hosts[host]?.name ?? ''))
    const size = hosts.length > 1 ? ` (${hosts.length})` : ''
    return `${code(escapeText(cutNames(names, MOST.hosts)))}${size}`
  }
}

function section(title: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return []
  const more = lines.length - MOST.reasons
  const shown = [...lines.slice(0, MOST.reasons), ...(more > 0 ? [`- … and ${more} more`] : [])]
  return [`**${title}**`, shown.join('\n')]
}

/** A reason is a sentence; what is longer would push out others. */
function shortened(text: string): string {
  return text.length <= MOST.hosts ? text : `${text.slice(0, MOST.hosts)}…`
}

function joined(blocks: readonly string[]): string {
  return `${blocks.join('\n\n')}\n`
}
