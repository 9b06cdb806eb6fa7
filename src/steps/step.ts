import type { Task } from '../model/action.ts'
import type { Failure } from '../model/errors.ts'
import type { NodeResult } from '../model/outcome.ts'
import type { Session } from '../transport/transport.ts'

/** What a step kind gets to work with, besides its action. */
export interface StepContext {
  readonly host: string
  readonly session: Session
  /** Aborts with reason `timeout`, `cancel` or `now`; a step passes it on to `Exec.stop` and still ends by itself. */
  readonly signal: AbortSignal
  /** Live output; held back while the promise is pending. */
  readonly output: (stream: 'stdout' | 'stderr', chunk: Buffer) => void | Promise<void>
  /** How long no byte of a transfer may move; LIMITS.stallMs where absent. */
  readonly stallMs?: number
  /**
   * For a run with `reconnect`: ends the host's link and makes another one, trying until `signal` aborts or the host
   * shows a wrong key. Nodes that come meanwhile wait for it.
   */
  readonly relink?: (signal: AbortSignal) => Promise<Session | Failure>
}

/** One step kind is one file: what it does on a host. A host's failure is a value; a throw is a bug. */
export type Apply<A extends Task> = (action: A, context: StepContext) => Promise<NodeResult>
