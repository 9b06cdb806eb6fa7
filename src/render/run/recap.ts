import { OUTCOMES, type Outcome } from '../../model/outcome.ts'
import { count } from '../../model/quantity.ts'
import { formatDuration } from '../duration.ts'
import { escapeText } from '../escape.ts'
import { hostNames } from '../host-names.ts'
import { isTrouble, OUTCOME_STYLE } from '../outcome-style.ts'
import type { Paint } from '../paint.ts'
import { planSize, sizeWords } from '../plan-size.ts'
import { textWidth } from '../width.ts'
import type { RunLabels } from './labels.ts'
import { recapFailures } from './recap-failures.ts'
import { recapTable } from './recap-table.ts'
import { shortId } from './short-id.ts'
import { resumeLines, stoppedLines } from './stopped-lines.ts'
import type { RunTally } from './tally.ts'

/** Room for hosts' names and ids in a line that must fit 80 columns. */
const NAMES_WIDTH = 32
const STEP_WIDTH = 20

const MOST_CLEANUPS = 10

export interface RecapOptions {
  readonly paint: Paint
  readonly columns: number
  /** False for pipes and logs, where a line may be long. */
  readonly isTerminal: boolean
  /** Counts for each host. */
  readonly table: boolean
  /** `all`: with their output. `several`: they have been told as they came, so only when they are many to fold. */
  readonly failures: 'all' | 'several'
  /** What the last line counts: a playbook's steps, or the hosts of a single command. */
  readonly totals: 'steps' | 'hosts'
  /** Nothing at all after a run without trouble. */
  readonly quiet: boolean
  /** The command that goes on with the run, where it is recorded. */
  readonly resume?: string | undefined
}

/** What a person reads when a run is over; ends with a line end, or is empty. */
export function renderRecap(tally: RunTally, labels: RunLabels, options: RecapOptions): string {
  const { paint } = options
  const trouble = OUTCOMES.some(outcome => isTrouble(outcome) && tally.total(outcome) > 0)
  if (options.quiet && !trouble && tally.stopped === undefined) return ''
  const table = options.table ? recapTable(tally, labels, paint, options.columns) : []
  const failures = trouble ? failureLines(tally, labels, options) : []
  const left = leftLines(tally, labels).map(line => paint('yellow', line))
  const ending = [
    ...stoppedLines(tally, labels).map(line => paint('yellow', line)),
    ...left,
    totalLine(tally, options),
    ...resumeLines(tally, options.resume).map(line => paint('bold', line)),
  ]
  const blocks = [table, failures, ending].filter(block => block.length > 0)
  const lead = options.totals === 'steps' && !options.quiet ? '\n' : ''
  const between = options.totals === 'steps' ? '\n\n' : '\n'
  return `${lead}${blocks.map(block => block.join('\n')).join(between)}\n`
}

function failureLines(tally: RunTally, labels: RunLabels, options: RecapOptions): string[] {
  if (options.failures === 'several' && tally.failures().flatMap(failure => failure.hosts).length < 2)
    return []
  return recapFailures(tally, labels, { ...options, output: options.failures === 'all' })
}

/** Which hosts had no lock, where a rolling group did not get to, and what an interrupted run did not put in order. */
function leftLines(tally: RunTally, labels: RunLabels): string[] {
  const names = (hosts: readonly number[]) => hostNames(hosts, labels, NAMES_WIDTH)
  return [
    ...[...tally.unlocked].map(([why, hosts]) => `No lock on ${names(hosts)}: ${escapeText(why)}.`),
    ...tally
      .cutRollings()
      .map(
        ({ group, number, of, hosts }) =>
          `${shortId(group, STEP_WIDTH)} ended with batch ${number} of ${of}: not begun on ${names(hosts)}.`,
      ),
    ...tally
      .missedCleanup()
      .slice(0, MOST_CLEANUPS)
      .map(
        ({ step, hosts }) =>
          `Cleanup that did not run: ${shortId(labels.step(step), STEP_WIDTH)} on ${names(hosts)}.`,
      ),
  ]
}

/** `4 steps on 12 hosts: 36 ok, 12 changed, 1 failed · 12.3s`, or `38 ok, 2 failed of 40 hosts · 2.3s`. */
function totalLine(tally: RunTally, { paint, totals, isTerminal, columns }: RecapOptions): string {
  const { sign, style } = OUTCOME_STYLE[overall(tally)]
  const counted = totals === 'steps' ? stepTotals(tally) : hostTotals(tally)
  const what = (write: Paint) =>
    counted.map(([outcome, n]) => write(OUTCOME_STYLE[outcome].style, `${n} ${outcome}`)).join(', ') ||
    'nothing to do'
  const line = (write: Paint) =>
    totals === 'hosts'
      ? `${write(style, sign)} ${what(write)} of ${count(tally.hosts.length, 'host')}`
      : `${write(style, sign)} ${sizeWords(planSize(tally.plan))}: ${what(write)}`
  const retries = tally.retries === 0 ? '' : `${count(tally.retries, 'retry', 'retries')} · `
  const earlier = tally.earlier === 0 ? '' : `${tally.earlier} done before · `
  const tail = `${earlier}${retries}${formatDuration(tally.durationMs)}`
  // A terminal would break it anywhere; in a log it stays one line.
  const isLong = isTerminal && textWidth(line((_, text) => text)) + 3 + tail.length > columns
  return line(paint) + (isLong ? `\n  ${tail}` : ` · ${tail}`)
}

/** One outcome for the whole run: trouble, else what did not run, else fine. */
function overall(tally: RunTally): Outcome {
  const occurs = (outcome: Outcome) => tally.total(outcome) > 0
  if (OUTCOMES.some(outcome => isTrouble(outcome) && occurs(outcome))) return 'failed'
  return tally.stopped !== undefined || occurs('blocked') || occurs('cancelled') ? 'cancelled' : 'ok'
}

function stepTotals(tally: RunTally): [Outcome, number][] {
  return OUTCOMES.map((outcome): [Outcome, number] => [outcome, tally.total(outcome)]).filter(
    ([, n]) => n > 0,
  )
}

function hostTotals(tally: RunTally): [Outcome, number][] {
  const counts = new Map<Outcome, number>()
  for (const host of tally.hosts) {
    const verdict = tally.verdict(host)
    counts.set(verdict, (counts.get(verdict) ?? 0) + 1)
  }
  return OUTCOMES.map((outcome): [Outcome, number] => [outcome, counts.get(outcome) ?? 0]).filter(
    ([, n]) => n > 0,
  )
}
