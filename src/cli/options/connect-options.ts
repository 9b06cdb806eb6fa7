import { InvalidArgumentError, Option } from '@commander-js/extra-typings'
import { parseDuration } from '../../load/playbook/duration.ts'
import { LIMITS } from '../../model/limits.ts'

/** How patiently to connect; in place of what the inventory says. */
export interface ConnectOptions {
  readonly connectRetries?: number | undefined
  /** In ms. */
  readonly connectTimeout?: number | undefined
}

export const connectRetriesOption = () =>
  new Option('--connect-retries <n>', 'try so often again to connect to a host').argParser(retries)

export const connectTimeoutOption = () =>
  new Option('--connect-timeout <duration>', 'how long each attempt may take, as 5s').argParser(limit)

function retries(text: string): number {
  if (/^\d+$/.test(text) && Number(text) <= LIMITS.connectRetries) return Number(text)
  throw new InvalidArgumentError(`It must be a whole number from 0 to ${LIMITS.connectRetries}.`)
}

function limit(text: string): number {
  const ms = parseDuration(text)
  if (ms !== undefined && ms >= 1 && ms <= LIMITS.connectTimeoutMs) return Math.round(ms)
  throw new InvalidArgumentError('Write 5s, 1m, or a number of seconds; an hour at most.')
}
