import type { StopReason } from '../model/event.ts'
import { OUTCOMES } from '../model/outcome.ts'
import type { RunFacts, RunStatus } from '../model/run-summary.ts'
import { isTrouble } from './outcome-style.ts'
import type { Style } from './paint.ts'

/** How it stands with a run, in a few words. */
export function statusWords(status: RunStatus): string {
  switch (status.kind) {
    case 'finished':
      return 'finished'
    case 'stopped':
      return `stopped: ${STOPPED[status.why] ?? status.why}`
    case 'running':
      return status.machine === undefined
        ? `running (process ${status.pid})`
        : `not ended (process ${status.pid} on ${status.machine})`
    case 'broken_off':
      return 'broken off'
    case 'not_begun':
      return 'did not begin'
    case 'damaged':
      return 'damaged'
  }
}

/** A later drover may know of more reasons. */
const STOPPED: Readonly<Partial<Record<string, string>>> = {
  interrupted: 'interrupted',
  on_failure: 'on_failure',
  max_failures: 'max_failures',
  journal: 'not recorded any more',
  lock: 'a host was locked',
  timeout: 'its time was over',
} satisfies Record<StopReason, string>

/** `12 ok, 3 changed, 1 failed`. */
export function outcomeWords(facts: RunFacts, isRunning: boolean): string {
  const counts = outcomeCounts(facts, isRunning)
  const words = OUTCOMES.flatMap(outcome => (counts[outcome] ? [`${counts[outcome]} ${outcome}`] : []))
  if (isRunning && facts.inFlight > 0) words.push(`${facts.inFlight} at work`)
  return words.join(', ') || 'nothing done'
}

/** What was sent and has not ended is at work as long as the run is; after that, it is unknown. */
export function outcomeCounts({ counts, inFlight }: RunFacts, isRunning: boolean): RunFacts['counts'] {
  if (isRunning || inFlight === 0) return counts
  return { ...counts, unknown: (counts.unknown ?? 0) + inFlight }
}

export interface RunSign {
  readonly sign: string
  readonly style: Style
}

/** The word stands beside it. */
export function runSign(status: RunStatus, facts: RunFacts | undefined): RunSign {
  switch (status.kind) {
    case 'finished': {
      const { counts = {} } = facts ?? {}
      const hasTrouble = OUTCOMES.some(
        outcome => counts[outcome] && (isTrouble(outcome) || outcome === 'blocked'),
      )
      return hasTrouble ? { sign: '✖', style: 'red' } : { sign: '✔', style: 'green' }
    }
    case 'running':
      return { sign: '▶', style: 'cyan' }
    case 'stopped':
      return { sign: '⊘', style: 'yellow' }
    case 'not_begun':
      return { sign: '⊘', style: 'dim' }
    case 'broken_off':
      return { sign: '?', style: 'magenta' }
    case 'damaged':
      return { sign: '✖', style: 'red' }
  }
}

/** A time of the day where the reader is: `2026-11-28 21:14`. */
export function localTime(at: number): string {
  const date = new Date(at)
  const two = (n: number) => String(n).padStart(2, '0')
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`
}

/** The first digits of a commit, and `*` where files differed from it; `-` outside of git. */
export function commitMark({ commit, dirty }: RunFacts): string {
  if (commit === undefined) return dirty > 0 ? 'none*' : '-'
  return `${commit.slice(0, 8)}${dirty > 0 ? '*' : ''}`
}
