import type { Outcome } from '../model/outcome.ts'
import type { Style } from './paint.ts'

/** How an outcome looks everywhere. The word always stands beside the sign: colour alone tells nothing. */
export interface OutcomeStyle {
  readonly sign: string
  readonly style: Style
}

export const OUTCOME_STYLE: Readonly<Record<Outcome, OutcomeStyle>> = {
  ok: { sign: '✔', style: 'green' },
  changed: { sign: '✔', style: 'yellow' },
  skipped: { sign: '–', style: 'dim' },
  failed: { sign: '✖', style: 'red' },
  unreachable: { sign: '✖', style: 'red' },
  unknown: { sign: '?', style: 'magenta' },
  refused: { sign: '✖', style: 'red' },
  blocked: { sign: '⊘', style: 'dim' },
  cancelled: { sign: '⊘', style: 'dim' },
}

/** What needs a person's eye: shown even with `-q`. */
export function isTrouble(outcome: Outcome): boolean {
  return outcome === 'failed' || outcome === 'unreachable' || outcome === 'unknown' || outcome === 'refused'
}
