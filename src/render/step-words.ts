import { LIMITS } from '../model/limits.ts'
import { count, formatMs } from '../model/quantity.ts'
import { formatElapsed } from './duration.ts'

// How the settings of steps are put into words, wherever steps are shown. Nothing here is escaped yet.

interface RetryNumbers {
  readonly attempts: number
  readonly delayMs: number
  readonly backoff: number
}

/** `tried up to 10 times, 2 s apart`, `tried up to 5 times, 1 s apart, each wait 2 times the one before`. */
export function retryWords({ attempts, delayMs, backoff }: RetryNumbers, until?: string): string {
  const growth = backoff === 1 ? '' : `, each wait ${backoff} times the one before`
  const goal = until === undefined ? '' : `, until ${until}`
  return `tried up to ${count(attempts, 'time')}, ${waitWords(delayMs)} apart${growth}${goal}`
}

/** Time limits and pauses: `30 s`, `1m30s`, `10 min`, `2 h`. */
export function waitWords(ms: number): string {
  if (ms < 60_000) return formatMs(ms)
  if (ms % 3_600_000 === 0) return `${ms / 3_600_000} h`
  return ms % 60_000 === 0 && ms < 3_600_000 ? `${ms / 60_000} min` : formatElapsed(ms)
}

/** A step's time limit where it was set; every step has one. */
export function limitWords(timeoutMs: number): string | undefined {
  return timeoutMs === LIMITS.stepMs ? undefined : waitWords(timeoutMs)
}

/** What a playbook's own limit of failures means; `hosts` in words, absent where there must be none. */
export function endWords(hosts: string | undefined): string {
  const many = hosts === undefined ? 'a host' : `more than ${hosts}`
  return `Nothing new starts, but for cleanup, once ${many} failed or could not be reached.`
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(words: readonly string[], last = 'and'): string {
  if (words.length < 2) return words.join('')
  return `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`
}

/** What a step needs, for words about it. */
export interface NeedWords {
  readonly name: string
  readonly on: 'host' | 'all'
  readonly if: 'success' | 'failed' | 'always'
}

/**
 * What a step waits for: `after a and b on all hosts`, `after c, however it ends`, `if d or e failed`; empty where
 * it waits for nothing.
 * @param once a step that runs once waits for all hosts anyway, which needs no word
 */
export function orderWords(needs: readonly NeedWords[], once: boolean): string[] {
  const named = (kind: NeedWords['if']) =>
    needs
      .filter(need => need.if === kind)
      .map(({ name, on }) => (on === 'all' && !once ? `${name} on all hosts` : name))
  const [success, always, failed] = [named('success'), named('always'), named('failed')]
  return [
    ...(success.length === 0 ? [] : [`after ${listed(success)}`]),
    ...(always.length === 0
      ? []
      : [`after ${listed(always)}, however ${always.length === 1 ? 'it ends' : 'they end'}`]),
    ...(failed.length === 0 ? [] : [`only if ${listed(failed, 'or')} failed`]),
  ]
}
