import type { RenderProblem } from '../../expr/render-template.ts'
import type { Failure } from '../../model/errors.ts'
import { LIMITS } from '../../model/limits.ts'
import { type NodeResult, satisfies } from '../../model/outcome.ts'
import type { PlanRetry } from '../../model/plan.ts'
import type { Judgement } from '../../model/program.ts'
import type { Expr } from '../../model/template.ts'
import type { LeafAction } from '../check/checked.ts'
import { leftBehind, mayRepeat, repetition } from './repetition.ts'

/** What a step says about its results. */
export interface Verdicts {
  readonly action: LeafAction
  readonly changedWhen: Expr | undefined
  readonly failedWhen: Expr | undefined
  readonly retry: PlanRetry | undefined
}

/** Evaluates a condition over a result. */
export type AskResult = (condition: Expr, result: NodeResult) => boolean | RenderProblem

/** Whether a result stands, and as what; or another attempt follows. */
export function judgeResult(
  { action, changedWhen, failedWhen, retry }: Verdicts,
  result: NodeResult,
  attempt: number,
  ask: AskResult,
): Judgement {
  if (isBeyondJudgement(result)) return { kind: 'stands', result }
  const judged = withConditions(action, changedWhen, failedWhen, result, ask)
  const behind = leftBehind(action, judged)
  if (retry === undefined) {
    if (judged.outcome !== 'unknown' || !mayRepeat(action)) return { kind: 'stands', result: judged }
    const judgement = repetition(judged, attempt)
    return judgement.kind === 'again' ? { ...judgement, ...behind } : judgement
  }
  const { until, attempts, delayMs, backoff } = retry
  const wanted = isWanted(until, judged, ask)
  if (wanted === true) return { kind: 'stands', result: judged }
  if (attempt < attempts && (judged.outcome !== 'unknown' || mayRepeat(action)))
    return { kind: 'again', ms: Math.min(LIMITS.timeoutMs, delayMs * backoff ** (attempt - 1)), ...behind }
  return {
    kind: 'stands',
    result: satisfies(judged.outcome) ? inVain(judged, until, wanted) : judged,
  }
}

/** Ends that no condition can change and no further attempt can mend. */
function isBeyondJudgement({ outcome }: NodeResult): boolean {
  return (
    outcome === 'unreachable' || outcome === 'cancelled' || outcome === 'refused' || outcome === 'blocked'
  )
}

/** `failed_when` decides about every command that came to its end, `changed_when` about those that did not fail. */
function withConditions(
  action: LeafAction,
  changedWhen: Expr | undefined,
  failedWhen: Expr | undefined,
  result: NodeResult,
  ask: AskResult,
): NodeResult {
  if (action.kind !== 'run' || result.exitCode === undefined) return result
  let judged = result
  if (failedWhen !== undefined) {
    const failed = ask(failedWhen, judged)
    if (typeof failed !== 'boolean') return failedBy(judged, conditionFailure('failed_when', failed))
    if (!failed && judged.outcome === 'failed') {
      const { failure: _, ...rest } = judged
      judged = { ...rest, outcome: action.readOnly ? 'ok' : 'changed' }
    } else if (failed && judged.outcome !== 'failed') {
      judged = failedBy(judged, { code: 'step_condition', message: `failed_when: ${failedWhen.source}` })
    }
  }
  if (changedWhen === undefined || !satisfies(judged.outcome)) return judged
  const changed = ask(changedWhen, judged)
  if (typeof changed !== 'boolean') return failedBy(judged, conditionFailure('changed_when', changed))
  return { ...judged, outcome: changed ? 'changed' : 'ok' }
}

/** Whether the result is the one that is waited for. A condition that fails may hold with the next result. */
function isWanted(until: Expr | undefined, result: NodeResult, ask: AskResult): boolean | RenderProblem {
  if (result.outcome === 'unknown') return false
  return until === undefined ? satisfies(result.outcome) : ask(until, result)
}

function inVain(result: NodeResult, until: Expr | undefined, wanted: boolean | RenderProblem): NodeResult {
  if (typeof wanted !== 'boolean') return failedBy(result, conditionFailure('until', wanted))
  return failedBy(result, {
    code: 'step_condition',
    message: `until is still false: ${until?.source.trim() ?? ''}`,
  })
}

export function conditionFailure(key: string, { message, hint }: RenderProblem): Failure {
  return { code: 'step_condition', message: `${key}: ${message}`, ...(hint === undefined ? {} : { hint }) }
}

function failedBy(result: NodeResult, failure: Failure): NodeResult {
  return { ...result, outcome: 'failed', failure }
}
