import { InvalidArgumentError, Option } from '@commander-js/extra-typings'
import { parseDuration } from '../../load/playbook/duration.ts'
import { LIMITS } from '../../model/limits.ts'

/** A duration as it was written, and in ms. */
export interface Duration {
  readonly text: string
  readonly ms: number
}

/** Reads an option's duration; above 0, and no longer than a timer can be. */
export function duration(text: string): Duration {
  const ms = parseDuration(text)
  if (ms === undefined || ms === 0)
    throw new InvalidArgumentError('Write 30s, 5m, 1h, or a number of seconds.')
  if (ms > LIMITS.timeoutMs)
    throw new InvalidArgumentError(`It may be ${LIMITS.timeoutMs / 86_400_000} days at most.`)
  return { text, ms }
}

/** Of verbs that carry out a playbook. */
export const runTimeoutOption = () =>
  new Option('--timeout <duration>', 'end the whole run after this long, as 30m or 2h').argParser(duration)

/** Of ad hoc verbs, whose `--timeout` is that of their one step. */
export const adhocRunTimeoutOption = () =>
  new Option('--run-timeout <duration>', 'end all of it after this long, on however many hosts').argParser(
    duration,
  )
