import type { Preview } from '../../model/preview.ts'
import { escapeText } from '../escape.ts'
import { createPaint } from '../paint.ts'
import { textWidth } from '../width.ts'
import { STANDING_STYLE, type Standing, standingOf } from './standing.ts'
import { isAsked } from './verdict-groups.ts'

export interface ReminderOptions {
  readonly color: boolean
  /** Columns of the terminal. */
  readonly width: number
}

const LABELS = { fails: 'would fail', change: 'to change', unknown: 'unknown' } as const

/** What matters least has only one, and what changes all that is left. */
const MOST_LINES = 5

/**
 * The steps that would do something, or may, each with the number of its hosts: for a person who sees only the end of a
 * long preview. At most five lines.
 */
export function reminder(preview: Preview, { color, width }: ReminderOptions): string[] {
  const paint = createPaint(color)
  const found = stepsByStanding(preview)
  const kinds = (['fails', 'change', 'unknown'] as const).filter(kind => found[kind].length > 0)
  const room = width - '~ '.length - 'would fail  '.length
  return kinds.flatMap(kind => {
    const most = kind === 'change' ? MOST_LINES - (kinds.length - 1) : 1
    const { sign, style } = STANDING_STYLE[kind]
    const label = `${sign} ${LABELS[kind].padEnd('would fail'.length)}`
    return filled(found[kind], room, most).map(
      (line, at) => `${at === 0 ? paint(style, label) : ' '.repeat(label.length)}  ${line}`,
    )
  })
}

/** As `upload (3)`, in the steps' order. */
function stepsByStanding(preview: Preview): Readonly<Record<keyof typeof LABELS, readonly string[]>> {
  const found = { fails: [] as string[], change: [] as string[], unknown: [] as string[] }
  for (const index of preview.plan.order) {
    const step = preview.plan.steps[index]
    if (step === undefined || step.hidden) continue
    const counts = new Map<Standing, number>()
    for (const host of step.targets) {
      const one = preview.node(index, host)
      if (one === undefined || !isAsked(preview, host, one)) continue
      const standing = standingOf(one.verdict)
      counts.set(standing, (counts.get(standing) ?? 0) + 1)
    }
    for (const kind of ['fails', 'change', 'unknown'] as const)
      if (counts.has(kind)) found[kind].push(`${escapeText(step.id)} (${counts.get(kind)})`)
  }
  return found
}

/** A list in lines that are full; what goes beyond the last one is counted. */
function filled(items: readonly string[], columns: number, most: number): string[] {
  const lines: string[] = []
  for (const [at, item] of items.entries()) {
    const isLast = at === items.length - 1
    const word = isLast ? item : `${item},`
    const line = lines.at(-1)
    // In the last line there must be room to say how many more there are.
    const rest = isLast || lines.length < most ? 0 : ` … and ${items.length - at - 1} more`.length
    if (line !== undefined && textWidth(line) + 1 + textWidth(word) + rest <= columns)
      lines[lines.length - 1] = `${line} ${word}`
    else if (lines.length < most) lines.push(word)
    else return [...lines.slice(0, -1), `${line} … and ${items.length - at} more`]
  }
  return lines
}
