import type { StopReason } from '../model/event.ts'
import type { RunStatus } from '../model/run-summary.ts'
import type { Owner } from './owner.ts'

/** What a journal says of the end of its run. */
export interface Ending {
  /** Something was recorded. */
  readonly begun: boolean
  /** It came to an end, and told so. */
  readonly finished: boolean
  readonly stopped?: StopReason | undefined
}

/** @param owner as it was before the journal was read: a run that ends in between is no broken off one */
export function runStatus({ begun, finished, stopped }: Ending, owner: Owner | undefined): RunStatus {
  if (finished) return stopped === undefined ? { kind: 'finished' } : { kind: 'stopped', why: stopped }
  if (owner === undefined || owner.state === 'gone') return { kind: begun ? 'broken_off' : 'not_begun' }
  const { pid, machine, state } = owner
  return state === 'alive' ? { kind: 'running', pid } : { kind: 'running', pid, machine }
}
