import type { Preview } from '../model/preview.ts'
import { count } from '../model/quantity.ts'
import { leftOut } from './left-out.ts'
import { OUTCOME_STYLE } from './outcome-style.ts'
import type { Style } from './paint.ts'
import { hostSections } from './preview/by-host.ts'
import { INDENT, PreviewFrame } from './preview/frame.ts'
import { createShown, type Masked } from './preview/shown.ts'
import { summaryLine } from './preview/standing.ts'
import { StepList, type StepListOptions } from './preview/step-list.ts'
import { foldUnreachable } from './preview/unreachable.ts'
import { endWords } from './step-words.ts'
import { textWidth } from './width.ts'
import { wrapText } from './wrap.ts'

export interface VerdictOptions {
  readonly color: boolean
  /** Columns of the terminal. */
  readonly width: number
  /** Local paths below it are shown relative to it. */
  readonly cwd: string
  /** `step` (as usual): each step with its hosts. `host`: hosts of which all is the same, with their steps. */
  readonly by?: 'host' | 'step'
  /** Whether differences of contents are shown; they are unless this is false. */
  readonly diff?: boolean
  /** Shows all of what is otherwise shortened. */
  readonly verbose?: boolean
  /** The last line only. */
  readonly quiet?: boolean
  /** Takes secrets out of a text of a file or a host. */
  readonly masked?: Masked
  /** Below the name of the playbook, instead of saying that hosts were asked now. */
  readonly intro?: string
}

const INTRO = 'The hosts were asked what they have; nothing was changed.'

/** Of what repeats itself only so many are shown, and of texts so many lines. */
const SHORT = { ways: 6, items: 6, batches: 0, lines: 12, entries: 10, diff: 30, fresh: 10 } as const
const ALL = Number.POSITIVE_INFINITY
const WHOLE = {
  ways: ALL,
  items: ALL,
  batches: ALL,
  lines: ALL,
  entries: ALL,
  diff: ALL,
  fresh: ALL,
} as const

/** What a plan would change on hosts that were asked: what changes in full, what does not in a line. */
export function renderVerdicts(preview: Preview, options: VerdictOptions): string {
  const summary = summaryLine(preview.counts)
  if (options.quiet === true) return `${summary}\n`
  const { width, cwd, verbose = false, diff = true } = options
  const most = verbose ? WHOLE : SHORT
  const shown = createShown(options.masked)
  const frame = new PreviewFrame(preview.plan, { color: options.color, width, batches: most.batches, shown })
  const numbers = preview.plan.steps.filter(step => !step.hidden && step.excluded === undefined).length
  const settings: StepListOptions = {
    ...{ plan: preview.plan, frame, width, cwd, diff, verbose, most },
    ...{ ways: most.ways, items: most.items, lines: most.lines },
    named: options.by !== 'host',
    digits: String(numbers).length,
  }
  const body =
    options.by === 'host' ? hostSections(preview, settings) : new StepList(preview, settings).lines()
  const end = endLines(preview, frame, width)
  return [
    ...heading(preview, frame, options),
    '',
    ...body,
    ...(body.length > 0 ? [''] : []),
    ...end,
    ...(end.length > 0 ? [''] : []),
    `${summary}\n`,
  ].join('\n')
}

function heading(
  { plan }: Preview,
  frame: PreviewFrame,
  { intro = INTRO, verbose }: VerdictOptions,
): string[] {
  const { maxFailures } = plan
  if (maxFailures === undefined || verbose !== true) return frame.heading([intro])
  return frame.heading([intro, endWords(maxFailures === 0 ? undefined : count(maxFailures, 'host'))])
}

/** What the steps do not say: hosts that could not be asked, and what options left out. */
function endLines(preview: Preview, frame: PreviewFrame, width: number): string[] {
  const { plan } = preview
  const { sign, style } = OUTCOME_STYLE.unreachable
  const unreachable = foldUnreachable(preview, frame.shown).flatMap(({ hosts, reason, hint, example }) => {
    const names = frame.fold(hosts.map(host => plan.hosts[host]?.name ?? ''))
    const size = hosts.length > 1 ? ` (${hosts.length})` : ''
    const folded = frame.hosts(names, size, 0, 0, 'bold')
    const words = `unreachable${example === undefined ? '' : `, as ${example}`}: ${reason}`
    const fits = folded.length === 1 && textWidth(`  ${names}${size}  ${words}`) <= width
    const below = (text: string, style: Style) =>
      wrapText(text, width - 4).map(line => `${INDENT} ${frame.paint(style, line)}`)
    const after = fits ? `  ${frame.paint(style, words)}` : ''
    return [
      ...folded.map((line, at) => `${at === 0 ? frame.paint(style, sign) : ' '} ${line}${after}`),
      ...(fits ? [] : below(words, style)),
      ...(hint === undefined ? [] : below(`hint: ${hint}`, 'dim')),
    ]
  })
  const left = leftOut(plan).flatMap(line => wrapText(frame.shown(line), width))
  return [...unreachable, ...left.map(line => frame.paint('yellow', line))]
}
