import type { Failure } from '../model/errors.ts'
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

/** What follows from a result: links that are gone and a run that is being ended leave no choice. */
export function judgementOf(
  program: Program,
  { step, host }: { readonly step: number; readonly host: number },
  { result, attempt }: { readonly result: NodeResult; readonly attempt: number },
  cancelled: boolean,
): Judgement {
  if (result.outcome === 'unreachable' || result.outcome === 'cancelled') return { kind: 'stands', result }
  const judgement = program.judge(step, host, result, attempt)
  if (judgement.kind === 'stands') return judgement
  if (cancelled) return { kind: 'stands', result: lastAttempt(result) }
  return { kind: 'again', ms: Math.min(judgement.ms, LIMITS.timeoutMs) }
}
