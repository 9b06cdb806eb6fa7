import type { NodeResult, Outcome } from '../../model/outcome.ts'
import { formatDuration } from '../duration.ts'
import { escapeText } from '../escape.ts'
import { isTrouble } from '../outcome-style.ts'

/**
 * Why a node ended as it did, or what it did, in a few escaped words; empty when there is nothing to say. What a
 * failing command printed is not part of it: it stands beside it, and alike failures stay alike.
 */
export function resultReason(result: NodeResult | undefined): string {
  if (result === undefined) return ''
  if (result.failure?.code === 'step_exit' && result.exitCode !== undefined)
    return `exit status ${result.exitCode}`
  if (result.failure !== undefined) return escapeText(result.failure.message)
  if (result.outcome === 'failed' && result.signal !== undefined)
    return `ended by ${escapeText(result.signal)}`
  if (result.outcome === 'failed' && result.exitCode !== undefined) return `exit status ${result.exitCode}`
  return result.note === undefined ? '' : escapeText(result.note)
}

/** `changed · 3 files, 1.2 MB · 0.4s`: everything about a node's end but its output. */
export function resultLine(outcome: Outcome, result: NodeResult | undefined, attempts = 1): string {
  const reason = resultReason(result)
  const parts = [outcome, ...(reason === '' ? [] : [reason])]
  if (result?.earlier) return [...parts, 'done before'].join(' · ')
  if (attempts > 1) parts.push(`${attempts} attempts`)
  // Of a node whose connection or worker was lost nobody knows how long it took.
  const isMeasured = outcome !== 'skipped' && !(isTrouble(outcome) && result?.durationMs === 0)
  if (result !== undefined && isMeasured) parts.push(formatDuration(result.durationMs))
  return parts.join(' · ')
}
