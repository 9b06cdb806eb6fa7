import { hostname } from 'node:os'
import { InvalidArgumentError, Option } from '@commander-js/extra-typings'
import type { RunFacts } from '../../expr/scope.ts'
import { parseDuration } from '../../load/playbook/duration.ts'
import { LIMITS } from '../../model/limits.ts'
import type { LockSettings } from '../../model/lock.ts'
import type { Plan } from '../../model/plan.ts'
import { processIdentity } from '../../transport/process-identity.ts'

/** How a run that changes hosts keeps others off them. Verbs that do not ask for it take no locks. */
export interface LockOptions {
  /** False for `--no-lock`. */
  readonly lock?: boolean | undefined
  /** In ms. */
  readonly lockTimeout?: number | undefined
}

export const lockTimeoutOption = () =>
  new Option('--lock-timeout <duration>', 'wait so long for hosts that another run has').argParser(
    waitingTime,
  )

export const noLockOption = () =>
  new Option('--no-lock', 'take no locks on the hosts: another run may change them meanwhile')

function waitingTime(text: string): number {
  const ms = parseDuration(text)
  if (ms === undefined) throw new InvalidArgumentError('Write 30s, 5m, 1h, or a number of seconds.')
  return Math.min(ms, LIMITS.timeoutMs)
}

/** What the hosts are told of the run; undefined where it takes no locks. */
export function lockSettings(run: RunFacts, plan: Plan, options: LockOptions): LockSettings | undefined {
  if (options.lock !== true) return undefined
  const owner = {
    run: run.id,
    who: `${run.user}@${hostname()}`,
    since: run.started,
    playbook: plan.name,
    controller: processIdentity(),
  }
  return { owner, waitMs: options.lockTimeout ?? 0 }
}
