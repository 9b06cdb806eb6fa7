import type { ErrorCode, Failure } from '../model/errors.ts'
import { type Captured, NO_OUTPUT, type NodeResult, type Outcome } from '../model/outcome.ts'
import { formatMs } from '../model/quantity.ts'
import type { ExecEnd } from '../transport/transport.ts'
import { type Deadline, elapsedMs } from './deadline.ts'

/** How a step ended, before its output and duration are added. */
export type Ending = Pick<NodeResult, 'outcome' | 'exitCode' | 'signal' | 'failure' | 'note'>

export const CANCELLED: Ending = { outcome: 'cancelled' }

export function failed(code: ErrorCode, message: string, hint?: string): Ending {
  return { outcome: 'failed', failure: failureOf(code, message, hint) }
}

/** For a command that was sent, and nobody knows how it ended, if it has. */
export function unknown(code: ErrorCode, message: string): Ending {
  return { outcome: 'unknown', failure: failureOf(code, message) }
}

/** For what is no longer as it was planned: nothing was touched. */
export function refused(message: string): Ending {
  return { outcome: 'refused', failure: failureOf('drift', message, 'make a new plan') }
}

/** Hosts have a say in messages; longer ones nobody reads. In UTF-16 units. */
const LONGEST_MESSAGE = 4_000

export function failureOf(code: ErrorCode, text: string, hint?: string): Failure {
  const isLong = text.length > LONGEST_MESSAGE
  const message = isLong ? `${text.slice(0, LONGEST_MESSAGE).toWellFormed()}…` : text
  return hint === undefined ? { code, message } : { code, message, hint }
}

export function toResult(
  ending: Ending,
  deadline: Deadline,
  output: { readonly stdout: Captured; readonly stderr: Captured } = { stdout: NO_OUTPUT, stderr: NO_OUTPUT },
): NodeResult {
  return { ...ending, stdout: output.stdout, stderr: output.stderr, durationMs: elapsedMs(deadline) }
}

/** What an end that is no exit means for the step: it did not come to the end of its script. */
export function brokenOff(end: Exclude<ExecEnd, { kind: 'exit' }>, timeoutMs: number): Ending {
  switch (end.kind) {
    case 'signal':
      return { ...failed('step_signal', `ended by signal ${end.signal}`), signal: end.signal }
    case 'stopped':
      return end.confirmed ? stopped(end.reason, timeoutMs) : unconfirmed(end.reason, timeoutMs)
    case 'lost':
      return { outcome: 'unknown', failure: end.failure }
    case 'unsent':
      return { outcome: unsentOutcome(end.failure), failure: end.failure }
  }
}

type StopReason = Extract<ExecEnd, { kind: 'stopped' }>['reason']

function stopped(reason: StopReason, timeoutMs: number): Ending {
  return reason === 'timeout' ? failed('step_timeout', timedOut(timeoutMs)) : CANCELLED
}

/** Its processes may live on, or it may have come to its end without our hearing of it. */
function unconfirmed(reason: StopReason, timeoutMs: number): Ending {
  const silent = 'the host did not confirm that its processes ended: they may still run'
  return reason === 'timeout'
    ? unknown('step_timeout', `${timedOut(timeoutMs)}; ${silent}`)
    : unknown('interrupted', `told to end, but ${silent}`)
}

export function timedOut(timeoutMs: number): string {
  return `timed out after ${formatMs(timeoutMs)}`
}

function unsentOutcome(failure: Failure): Outcome {
  if (failure.code === 'lock_held') return 'refused'
  return neverReached(failure) ? 'unreachable' : 'failed'
}

/** A command that could not be sent because the host is gone, in contrast to one that the host refused. */
function neverReached({ code }: Failure): boolean {
  return code.startsWith('connect_') || code.startsWith('login_') || code === 'link_lost'
}
