import { count } from '../model/quantity.ts'
import type { RunFacts, RunStatus } from '../model/run-summary.ts'
import { formatDuration } from './duration.ts'
import { escapeText } from './escape.ts'
import type { Paint } from './paint.ts'
import { localTime, outcomeWords, runSign, statusWords } from './run-words.ts'
import { commitWords, type SavedPlanFacts } from './saved-plan.ts'
import { wrapText } from './wrap.ts'

/** What is told of a run besides what happened in it. */
export interface RunHead {
  readonly id: string
  readonly status: RunStatus
  readonly startedAt: number
  readonly facts: RunFacts
  /** When it went on after a stop, in ms since the epoch. */
  readonly resumedAt: readonly number[]
  readonly git: SavedPlanFacts['git']
  /** The command line that would do the same. */
  readonly call: string
  readonly version: string
  readonly pid: number
  readonly cwd: string
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** When, by whom and with which options; a line for each. */
export function runHeadLines(head: RunHead, paint: Paint, columns: number): string[] {
  const { id, status, startedAt, facts, resumedAt, git, call, version, pid, cwd, now } = head
  const { sign, style } = runSign(status, facts)
  const isRunning = status.kind === 'running'
  const ms = facts.workMs + (isRunning ? Math.max(0, now - facts.endedAt) : 0)
  const lines = [
    `begun ${localTime(startedAt)} by ${facts.user}, ${isRunning ? 'for' : 'took'} ${formatDuration(ms)}`,
    ...resumedAt.map(at => `went on ${localTime(at)}`),
    ...(git === undefined ? [] : [`of ${commitWords(git)}`]),
    `${call}  in ${cwd}`,
    `drover ${version}, process ${pid}`,
  ]
  return [
    `${paint(style, `${sign} run ${id}: ${escapeText(statusWords(status))}`)}`,
    ...lines.flatMap(line => wrapText(escapeText(line), columns - 2)).map(line => `  ${line}`),
  ]
}

/** Of a run that has not told its end: how far it has come, and what is not known of. */
export function unfinishedLines(
  { id, status, facts }: RunHead,
  open: readonly { readonly step: string; readonly host: string }[],
): string[] {
  const isRunning = status.kind === 'running'
  const nodes = open.slice(0, MOST).map(({ step, host }) => `${host} · ${step}`)
  const more = open.length > MOST ? [`… and ${count(open.length - MOST, 'other')}`] : []
  const next = isRunning
    ? `drover attach ${id} follows it, drover stop ${id} ends it`
    : `drover resume ${id} goes on with it`
  return [
    `${isRunning ? 'So far' : 'Broken off'}: ${outcomeWords(facts, isRunning)}.`,
    ...[...nodes, ...more].map(line => `  ${isRunning ? 'at work' : 'unknown'}: ${escapeText(line)}`),
    `${next}.`,
  ]
}

const MOST = 10
