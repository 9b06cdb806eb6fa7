import type { Keep } from '../../journal/prune.ts'
import { UsageError } from '../usage.ts'

const DEFAULT = 1000

const DAY = 86_400_000

/**
 * What `$DROVER_KEEP_RUNS` says: `200`, or `90d`.
 * @throws UsageError
 */
export function keepRuns({ DROVER_KEEP_RUNS: text }: Readonly<NodeJS.ProcessEnv>): Keep {
  if (text === undefined || text === '') return { kind: 'newest', runs: DEFAULT }
  const [, number, unit] = /^(\d{1,9})(d?)$/.exec(text) ?? []
  if (number === undefined)
    throw new UsageError(`DROVER_KEEP_RUNS is "${text}": it must be a number of runs, or days as 90d`)
  return unit === 'd'
    ? { kind: 'younger', ms: Number(number) * DAY }
    : { kind: 'newest', runs: Number(number) }
}
