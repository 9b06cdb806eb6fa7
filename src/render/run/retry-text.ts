import type { RunEvent } from '../../model/event.ts'
import { satisfies } from '../../model/outcome.ts'
import type { Plan } from '../../model/plan.ts'
import { escapeText } from '../escape.ts'
import { waitWords } from '../step-words.ts'
import { resultReason } from './result-text.ts'

/** `retry 2 of 10 in 2 s: exit status 7`, escaped. */
export function retryText(
  { step, attempt, ms, result }: RunEvent & { kind: 'node_retried' },
  plan: Plan,
): string {
  const retry = plan.steps[step]?.retry
  const of = retry === undefined ? '' : ` of ${retry.attempts}`
  const reason =
    satisfies(result.outcome) && retry?.until !== undefined
      ? `not yet ${escapeText(retry.until.source)}`
      : resultReason(result)
  return `retry ${attempt + 1}${of} in ${waitWords(ms)}${reason === '' ? '' : `: ${reason}`}`
}
