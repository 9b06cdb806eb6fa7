import { LIMITS } from '../../model/limits.ts'
import type { NodeResult } from '../../model/outcome.ts'
import type { Judgement } from '../../model/program.ts'
import type { LeafAction } from '../check/checked.ts'

/** Whether doing it twice does no harm: it may have been done, or be under way, when the link broke. */
export function mayRepeat(action: LeafAction): boolean {
  if (action.kind === 'get' || action.kind === 'put') return true
  if (action.kind !== 'run') return false
  const { readOnly, idempotent, creates, removes, unless, onlyIf } = action
  const isGuarded = creates.length > 0 || removes.length > 0 || unless !== undefined || onlyIf !== undefined
  return readOnly || idempotent === true || isGuarded
}

/** What a further attempt has to know of one that nobody knows the end of. */
export function leftBehind(action: LeafAction, { outcome }: NodeResult): Pick<Again, 'mayHaveChanged'> {
  const changes = action.kind === 'put' || (action.kind === 'run' && !action.readOnly)
  return changes && outcome === 'unknown' ? { mayHaveChanged: true } : {}
}

type Again = Extract<Judgement, { readonly kind: 'again' }>

/**
 * What follows from a result that nobody knows more about, for an action that may be repeated: another attempt where
 * the link or the worker was lost, as long as there were not too many. One that did not end when it was told to is left
 * as it is.
 */
export function repetition(result: NodeResult, attempt: number): Judgement {
  const code = result.failure?.code
  if ((code !== 'link_lost' && code !== 'worker_died') || attempt > LIMITS.repeats)
    return { kind: 'stands', result }
  return { kind: 'again', ms: LIMITS.repeatPauseMs * 2 ** (attempt - 1) }
}
