import { OUTCOMES } from '../../model/outcome.ts'
import { formatDuration, formatElapsed } from '../duration.ts'
import { escapeText } from '../escape.ts'
import { OUTCOME_STYLE, type OutcomeStyle } from '../outcome-style.ts'
import type { Paint } from '../paint.ts'
import type { RunLabels } from '../run/labels.ts'
import { shortId } from '../run/short-id.ts'
import { waitingWords } from '../run/waiting-words.ts'
import { fillTo, truncate } from '../width.ts'
import type { FleetView, HostStatus, HostView } from './view.ts'

export interface RowLayout {
  readonly columns: number
  readonly host: number
  readonly step: number
}

const STATUS_STYLE: Readonly<Record<HostStatus, OutcomeStyle>> = {
  ...OUTCOME_STYLE,
  waiting: { sign: '·', style: 'dim' },
  running: { sign: '▸', style: 'cyan' },
}

/** Sign, two spaces after each column, and six columns of time. */
const TIME_WIDTH = 6
const GAP = '  '

/** Splits a terminal's width: names get what they need up to a share of it, the last line of output the rest. */
export function rowLayout(columns: number, labels: RunLabels): RowLayout {
  return {
    columns,
    host: Math.min(labels.hostWidth, Math.floor(columns * 0.3)),
    step: Math.min(Math.max(labels.stepWidth, 'waiting'.length), Math.floor(columns * 0.25)),
  }
}

/** One host: `▸ web1  upload     12s  the last line it printed`. */
export function renderRow(
  view: FleetView,
  index: number,
  now: number,
  labels: RunLabels,
  layout: RowLayout,
  paint: Paint,
): string {
  const host = view.host(index)
  if (host === undefined) return ''
  const status = view.status(index)
  const { sign, style } = STATUS_STYLE[status]
  const cells = {
    host: fillTo(labels.host(index), layout.host),
    step: fillTo(stepCell(host, status, labels, layout.step), layout.step),
    time: timeCell(host, status, now).padStart(TIME_WIDTH),
  }
  const used = 2 + layout.host + layout.step + TIME_WIDTH + GAP.length * 3
  // A tab would move the cursor by more than it counts here.
  const text = truncate(
    textCell(view, index, host, status, now).replace(/\s+/g, ' ').trim(),
    layout.columns - used,
  )
  const lead = `${paint(style, sign)} ${cells.host}${GAP}${paint(style, cells.step)}${GAP}`
  return `${lead}${paint('dim', cells.time)}${GAP}${paint(status === 'running' ? 'dim' : style, text)}`.trimEnd()
}

function stepCell(host: HostView, status: HostStatus, labels: RunLabels, width: number): string {
  if (host.trouble !== undefined)
    return host.trouble.step === undefined ? '' : shortId(labels.step(host.trouble.step), width)
  if (status !== 'running') return status === 'waiting' ? 'waiting' : 'done'
  const [oldest] = host.running.keys()
  const more = host.running.size > 1 ? ` +${host.running.size - 1}` : ''
  return shortId(oldest === undefined ? '' : labels.step(oldest), width - more.length) + more
}

function timeCell(host: HostView, status: HostStatus, now: number): string {
  if (host.trouble !== undefined) return host.trouble.ms > 0 ? formatDuration(host.trouble.ms) : ''
  if (status === 'running') return formatElapsed(now - ([...host.running.values()][0] ?? now))
  if (status === 'waiting' || host.startedAt === undefined) return ''
  return formatDuration(host.endedAt - host.startedAt)
}

function textCell(view: FleetView, index: number, host: HostView, status: HostStatus, now: number): string {
  if (host.trouble !== undefined) {
    const word = status === 'running' || status === 'waiting' ? 'failed' : status
    return host.trouble.reason === '' ? word : `${word}: ${host.trouble.reason}`
  }
  if (status === 'running' || status === 'waiting') return waitingCell(view, index, host, now)
  return OUTCOMES.filter(outcome => view.tally.count(index, outcome) > 0)
    .map(outcome => `${view.tally.count(index, outcome)} ${outcome}`)
    .join(', ')
}

/** The last line that a host printed; if that was long ago, how long before it. */
function waitingCell(view: FleetView, index: number, host: HostView, now: number): string {
  const wait = view.waitOf(index, now)
  const waiting = wait === undefined ? '' : waitingWords(wait, now)
  const last = escapeText(host.lastLine, 'tabs')
  return [waiting, last].filter(text => text !== '').join(' · ')
}
