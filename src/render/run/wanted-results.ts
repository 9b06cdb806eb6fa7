import type { RunEvent } from '../../model/event.ts'
import type { Plan } from '../../model/plan.ts'
import { delegateOf } from '../carrier.ts'
import { isTrouble } from '../outcome-style.ts'
import type { RunRendererOptions } from './renderer.ts'

/**
 * Results that matter: with `-v` all of them; for a command that printed its answer, and where output is folded, only
 * trouble. A pause and an assertion that holds are quiet, as is what is hidden.
 */
export function wantsResult(
  { step, host, outcome, result }: RunEvent & { kind: 'node_finished' },
  plan: Plan,
  { verbosity, shape, fold }: Pick<RunRendererOptions, 'verbosity' | 'shape' | 'fold'>,
): boolean {
  if (verbosity < 0 || (verbosity === 0 && result?.earlier)) return false
  if (outcome === 'unreachable') return delegateOf(plan, step, host) !== undefined
  if (isTrouble(outcome)) return true
  const { hidden, action } = plan.steps[step] ?? {}
  if (hidden) return false
  if (verbosity >= 1) return true
  if (action?.kind === 'pause' || action?.kind === 'assert') return false
  return shape !== 'command' && fold === undefined && (outcome === 'ok' || outcome === 'changed')
}
