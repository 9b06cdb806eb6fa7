import type { Action } from '../model/action.ts'
import type { Failure } from '../model/errors.ts'
import type { NodeResult } from '../model/outcome.ts'

/** The contract between the scheduler and what carries nodes out: worker processes, or a stand-in. */
export interface Executor {
  /** Sends a node off. Exactly one `finished` comes back for it, whatever happens. */
  start(step: number, host: number, action: Action): void
  /** Asks a node to end early; its `finished` still comes, within the grace time. */
  stop(step: number, host: number, reason: 'cancel' | 'now'): void
  /** No node of this host will come any more: its connection can go. */
  release(host: number): void
  /** Ends every process, bounded; resolves when all are gone. */
  close(): Promise<void>
}

/** What comes back. `unreachable` comes at most once a host, before the `finished` of the nodes it takes along. */
export interface ExecutorEvents {
  connected(host: number, ms: number): void
  unreachable(host: number, failure: Failure): void
  started(step: number, host: number): void
  /** While the promise is pending, less output is read from hosts. */
  output(step: number, host: number, stream: 'stdout' | 'stderr', text: string): void | Promise<void>
  finished(step: number, host: number, result: NodeResult): void
}

/** Renders a node's action just before it is sent; a failure (a value that no host-side check could foresee) is the node's. */
export type RenderAction = (step: number, host: number) => Action | Failure
