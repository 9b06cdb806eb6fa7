import { count } from '../model/quantity.ts'
import type { RunStatus, RunSummary } from '../model/run-summary.ts'
import { formatDuration } from './duration.ts'
import { escapeText } from './escape.ts'
import type { Paint } from './paint.ts'
import { commitMark, localTime, outcomeWords, runSign, statusWords } from './run-words.ts'
import { fillTo, textWidth, truncate } from './width.ts'

/** A run of the history, and how it stands with it now. */
export interface HistoryRow {
  readonly summary: RunSummary
  readonly status: RunStatus
}

export interface HistoryOptions {
  readonly paint: Paint
  /** Of the terminal; infinite for a pipe. */
  readonly columns: number
  /** Milliseconds since the epoch: a run that is going on has taken until then. */
  readonly now: number
}

const GAP = '  '
const HEAD = ['  TIME', 'RUN', 'PLAYBOOK', 'COMMIT', 'WHO', 'STATUS', 'TOOK', 'OUTCOMES'] as const

/**
 * Runs as a table, a line for each; where that is wider than the terminal, two lines for each: what the run was, and what
 * came of it.
 */
export function renderHistory(rows: readonly HistoryRow[], options: HistoryOptions): string {
  if (rows.length === 0) return ''
  const cells = rows.map(row => cellsOf(row, options.now))
  const widths = HEAD.map((title, at) =>
    Math.max(textWidth(title), ...cells.map(row => textWidth(row[at] ?? ''))),
  )
  const total = widths.reduce((sum, width) => sum + width + GAP.length, -GAP.length)
  const lines =
    total <= options.columns
      ? [
          options.paint('dim', joined(HEAD, widths)),
          ...cells.map((row, at) => signed(joined(row, widths), rows[at]!, options)),
        ]
      : cells.flatMap((row, at) => twoLines(row, widths, rows[at]!, options))
  return lines.map(line => `${line}\n`).join('')
}

function cellsOf({ summary, status }: HistoryRow, now: number): readonly string[] {
  const { id, startedAt, facts } = summary
  const start = [`  ${localTime(startedAt)}`, id]
  if (facts === undefined) return [...start, '', '', '', statusWords(status), '', '']
  const isRunning = status.kind === 'running'
  const took = facts.workMs + (isRunning ? Math.max(0, now - facts.endedAt) : 0)
  return [
    ...start,
    escapeText(facts.playbook),
    commitMark(facts),
    escapeText(facts.user),
    escapeText(statusWords(status)),
    formatDuration(took),
    `${outcomeWords(facts, isRunning)} on ${count(facts.hosts, 'host')}`,
  ]
}

function joined(cells: readonly string[], widths: readonly number[]): string {
  return cells
    .map((cell, at) => fillTo(cell, widths[at] ?? 0))
    .join(GAP)
    .trimEnd()
}

/** The sign stands in the first two columns, which are free. */
function signed(line: string, { status, summary }: HistoryRow, { paint }: HistoryOptions): string {
  const { sign, style } = runSign(status, summary.facts)
  return paint(style, sign) + line.slice(1)
}

function twoLines(
  [
    time = '',
    id = '',
    playbook = '',
    commit = '',
    who = '',
    words = '',
    took = '',
    outcomes = '',
  ]: readonly string[],
  [timeWidth = 0]: readonly number[],
  row: HistoryRow,
  options: HistoryOptions,
): string[] {
  const first = `${fillTo(time, timeWidth)}${GAP}${id}${GAP}${playbook}`.trimEnd()
  const present = (cells: readonly string[]) => cells.filter(cell => cell !== '' && cell !== '-').join(' · ')
  const what = present([words, outcomes, took, commit, who])
  const room = options.columns - 2
  return [
    signed(truncate(first, options.columns), row, options),
    ...wrapped(what, Math.max(20, room)).map(line => `  ${options.paint('dim', line)}`),
  ]
}

/** Breaks between the parts. */
function wrapped(text: string, columns: number): string[] {
  const lines: string[] = []
  for (const part of text.split(' · ')) {
    const last = lines.at(-1)
    if (last !== undefined && textWidth(last) + 3 + textWidth(part) <= columns)
      lines[lines.length - 1] = `${last} · ${part}`
    else lines.push(truncate(part, columns))
  }
  return lines
}
