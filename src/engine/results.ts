import type { ErrorCode, Failure } from '../model/errors.ts'
import { LIMITS } from '../model/limits.ts'
import { NO_OUTPUT, type NodeResult, type Outcome, satisfies } from '../model/outcome.ts'
import type { Judgement, Program } from '../model/program.ts'

/** The result of a node that no host has answered for. */
export function ownResult(
  outcome: Outcome,
  more: { readonly failure?: Failure; readonly note?: string } = {},
): NodeResult {
  return { outcome, stdout: NO_OUTPUT, stderr: NO_OUTPUT, durationMs: 0, ...more }
}

/** The result of a node whose host is lost to this run; nothing at all is done where another run has it, cleanup neither. */
export function lostResult(failure: Failure): NodeResult {
  return ownResult(failure.code === 'lock_held' ? 'refused' : 'unreachable', { failure })
}

/** A node that nothing asks for: what it would clean up after has not failed. */
export const NOTHING_FAILED: NodeResult = ownResult('skipped', {
  note: 'nothing failed that it cleans up after',
})

/** The result of a delegated node; one that found no connection says to which host. */
export function namingDelegate(result: NodeResult, name: string): NodeResult {
  const { outcome, failure } = result
  if (outcome !== 'unreachable' || failure === undefined) return result
  const message = `${name}, which carries this step out, cannot be reached: ${failure.message}`
  return { ...result, failure: { ...failure, message } }
}

/** An attempt that did not do, and no other one may follow any more. */
function lastAttempt(result: NodeResult): NodeResult {
  return satisfies(result.outcome) ? { ...result, outcome: 'cancelled' } : result
}

/** Failures of an attempt that was not carried out. */
const NOT_CARRIED_OUT: ReadonlySet<ErrorCode> = new Set([
  ...(['channel_refused', 'worker_died', 'remote_shell', 'step_render'] as const),
  ...(['become_denied', 'become_password', 'become_missing'] as const),
])

/** An attempt that was sent, and of which nobody knows more. */
export interface UnknownAttempt {
  readonly result: NodeResult
  readonly mayHaveChanged: boolean
}

/**
 * A result that follows on an unknown attempt: as long as none after that has run, nothing more is known; and what one
 * after that finds done may have been done by it, so that it counts as a change.
 */
export function settled(result: NodeResult, before: UnknownAttempt | undefined): NodeResult {
  if (before === undefined) return result
  if (!hasRun(result)) return notRepeated(before.result, result)
  if (result.outcome !== 'ok' || !before.mayHaveChanged) return result
  const own = result.note === undefined ? '' : `${result.note}; `
  return { ...result, outcome: 'changed', note: `${own}the attempt before may have changed it` }
}

function notRepeated(before: NodeResult, { failure }: NodeResult): NodeResult {
  if (before.failure === undefined) return before
  const why = failure === undefined ? '' : `: ${failure.message}`
  const message = `${before.failure.message}; it could not be repeated${why}`
  return { ...before, failure: { ...before.failure, message } }
}

/** Whether the attempt was carried out, or may have been. */
function hasRun({ outcome, exitCode, failure }: NodeResult): boolean {
  if (outcome === 'failed') return exitCode !== undefined || !NOT_CARRIED_OUT.has(failure?.code ?? 'bug')
  return satisfies(outcome) ? outcome !== 'skipped' : outcome === 'unknown'
}

/** What follows from a result: links that are gone and a run that is being ended leave no choice. */
export function judgementOf(
  program: Program,
  { step, host }: { readonly step: number; readonly host: number },
  { result, attempt }: { readonly result: NodeResult; readonly attempt: number },
  cancelled: boolean,
): Judgement {
  const { outcome, failure } = result
  if (outcome === 'unreachable' || outcome === 'cancelled' || failure?.code === 'lock_held')
    return { kind: 'stands', result }
  const judgement = program.judge(step, host, result, attempt)
  if (judgement.kind === 'stands') return judgement
  if (cancelled) return { kind: 'stands', result: lastAttempt(result) }
  return { ...judgement, ms: Math.min(judgement.ms, LIMITS.timeoutMs) }
}
