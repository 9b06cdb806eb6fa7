import type { Action } from '../model/action.ts'
import type { Failure } from '../model/errors.ts'
import type { LockNews } from '../model/lock.ts'
import type { NodeResult } from '../model/outcome.ts'

/**
 * The contract between the scheduler and what carries nodes out: worker processes, or a stand-in. A node is a step on
 * a host; `via` is the host that carries it out, another one for a delegated step.
 */
export interface Executor {
  /** Sends a node off. Exactly one `finished` comes back for it, whatever happens; then it may be sent again. */
  start(step: number, host: number, action: Action, via: number): void
  /** Asks a node to end early; its `finished` still comes, within the grace time. */
  stop(step: number, host: number, reason: 'cancel' | 'now', via: number): void
  /** No node will go through this host any more: its connection can go. Only for hosts that had one. */
  release(via: number): void
  /** Ends every process, bounded; resolves when all are gone. */
  close(): Promise<void>
}

/**
 * What comes back. `connected`, `unreachable` and `lock` are about the host that carries out, the others name the node.
 * `unreachable` comes at most once a host, before the `finished` of the nodes it takes along.
 */
export interface ExecutorEvents {
  connected(via: number, ms: number): void
  unreachable(via: number, failure: Failure): void
  /** What became of the lock of the host that carries out. */
  lock(via: number, news: LockNews): void
  started(step: number, host: number): void
  /** While the promise is pending, less output is read from hosts. */
  output(step: number, host: number, stream: 'stdout' | 'stderr', text: string): void | Promise<void>
  finished(step: number, host: number, result: NodeResult): void
}
