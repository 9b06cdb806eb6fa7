import type { Outcome } from '../../model/outcome.ts'
import { formatElapsed } from '../duration.ts'
import { hostNames } from '../host-names.ts'
import { OUTCOME_STYLE } from '../outcome-style.ts'
import type { Paint } from '../paint.ts'
import { leftWords } from '../run/estimate.ts'
import type { RunLabels } from '../run/labels.ts'
import { shortId } from '../run/short-id.ts'
import { waitingLines } from '../run/waiting-words.ts'
import { textWidth, truncate } from '../width.ts'
import { renderRow, rowLayout } from './row.ts'
import type { FleetView } from './view.ts'

export interface FrameSize {
  readonly columns: number
  readonly rows: number
}

/** Advances with each frame, for the spinner; `now` in ms since the epoch. */
export interface FrameClock {
  readonly tick: number
  readonly now: number
}

const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'] as const
const BAR_WIDTH = 20

/**
 * Everything that is drawn at once, one string a line, none wider than the terminal and never so many that it
 * scrolls. All hosts when they fit; else those in trouble, those at work, and counts for the rest.
 */
export function renderFrame(
  view: FleetView,
  labels: RunLabels,
  size: FrameSize,
  clock: FrameClock,
  paint: Paint,
): string[] {
  // The last column stays free (terminals wrap there), as does the last row (the cursor rests there).
  const columns = Math.max(1, size.columns - 1)
  const below = [
    ...(size.rows >= 12
      ? [
          '',
          ...batchLines(view, labels, clock.now, columns, paint),
          ...slowestLine(view, labels, clock.now, columns, paint),
        ]
      : []),
    summaryLine(view, clock, columns, paint),
  ]
  const room = size.rows - 1 - below.length
  if (room < 1) return below.slice(-1)
  const layout = rowLayout(columns, labels)
  const row = (host: number) => renderRow(view, host, clock.now, labels, layout, paint)
  const all = view.tally.hosts
  if (all.length <= room) return [...all.map(row), ...below]
  const { troubled, hidden, running } = shownHosts(view, room)
  const more = hidden > 0 ? [paint('red', `  … ${hidden} more in trouble`)] : []
  return [...troubled.map(row), ...more, ...running.map(row), ...below]
}

/** Trouble may take half of the room, and whatever those at work leave free. */
function shownHosts(view: FleetView, room: number) {
  const atWork = first(view.running, room)
  const forTrouble = Math.max(Math.floor(room / 2), room - atWork.length)
  const fits = view.troubled.size <= forTrouble
  const troubled = first(view.troubled, fits ? forTrouble : forTrouble - 1)
  const taken = troubled.length + (fits ? 0 : 1)
  return {
    troubled,
    hidden: view.troubled.size - troubled.length,
    running: atWork.slice(0, room - taken),
  }
}

function first(values: Iterable<number>, n: number): number[] {
  const taken: number[] = []
  for (const value of values) {
    if (taken.length >= n) break
    taken.push(value)
  }
  return taken
}

/** So many rolling groups at the same time are shown. */
const MOST_BATCHES = 3

/** `↻ roll  batch 2 of 5  web[02-04]` for each rolling group under way, or `… 2 of 5 done, next in 24s  …`. */
function batchLines(
  view: FleetView,
  labels: RunLabels,
  now: number,
  columns: number,
  paint: Paint,
): string[] {
  return view.batches
    .current()
    .slice(0, MOST_BATCHES)
    .map(({ group, number, of, hosts, nextAt }) => {
      const pause = nextAt === undefined ? '' : ` done, next ${untilWords(nextAt - now)}`
      const lead = `${shortId(group, Math.floor(columns / 3))}  batch ${number} of ${of}${pause}`
      const room = columns - textWidth(lead) - 4
      const names = room < 12 ? '' : `  ${hostNames(hosts, labels, room)}`
      return truncate(`${lead}${names}`, columns - 2)
    })
    .map(line => `${paint('cyan', '↻')} ${paint('dim', line)}`)
}

/** A batch that is due may still wait until others make room. */
function untilWords(ms: number): string {
  return ms > 0 ? `in ${formatElapsed(ms)}` : 'is due'
}

/** When most hosts are done, the one that keeps the others waiting: `… waiting for db3 (migrate): 94 s without output`. */
function slowestLine(
  view: FleetView,
  labels: RunLabels,
  now: number,
  columns: number,
  paint: Paint,
): string[] {
  const hosts = view.tally.hosts.length
  const open = view.count('running') + view.count('waiting')
  if (hosts < 2 || open > hosts * MOSTLY_OPEN) return []
  const [slowest] = view.waits.long(now)
  if (slowest === undefined) return []
  return waitingLines([slowest], labels, now, Math.floor(columns / 3)).map(line =>
    paint('yellow', truncate(`… ${line}`, columns)),
  )
}

/** Of all hosts; when no more than this are open, most are done. */
const MOSTLY_OPEN = 0.5

const SUMMARY: readonly Outcome[] = [
  'ok',
  'failed',
  'unreachable',
  'unknown',
  'refused',
  'blocked',
  'cancelled',
]

/** `⠹ 412 ok, 3 failed, 40 running of 1000  ━━━━━━━━────────────  41%  1m12s`, as much of it as fits. */
function summaryLine(view: FleetView, clock: FrameClock, columns: number, paint: Paint): string {
  const { tick, now } = clock
  const counts = SUMMARY.filter(status => status === 'ok' || view.count(status) > 0).map(status => ({
    text: `${view.count(status)} ${status}`,
    style: OUTCOME_STYLE[status].style,
  }))
  const running = { text: `${view.count('running')} running`, style: 'cyan' as const }
  const parts = [...counts, running]
  const plain = `${parts.map(part => part.text).join(', ')} of ${view.tally.hosts.length}`
  const words = parts.map(part => paint(part.style, part.text)).join(', ')
  const spinner = paint('cyan', SPINNER[tick % SPINNER.length] ?? '')
  const done = view.nodes === 0 ? 1 : view.tally.finished / view.nodes
  const elapsed = formatElapsed(now - view.startedAt)
  const tail = `  ${String(Math.floor(done * 100)).padStart(3)}%  ${elapsed}`
  const left = view.estimate?.left(now)
  const rest = left === undefined ? '' : `  ${leftWords(left)}`
  const used = 2 + textWidth(plain)
  let line = `${spinner} ${words} of ${view.tally.hosts.length}`
  if (used > columns) return paint('cyan', plain.slice(0, columns))
  if (used + 2 + BAR_WIDTH + tail.length + rest.length <= columns) line += `  ${bar(done, paint)}`
  if (used + tail.length + rest.length <= columns) return line + paint('dim', tail + rest)
  return used + tail.length <= columns ? line + paint('dim', tail) : line
}

function bar(done: number, paint: Paint): string {
  const full = Math.floor(done * BAR_WIDTH)
  return paint('green', '━'.repeat(full)) + paint('dim', '─'.repeat(BAR_WIDTH - full))
}
