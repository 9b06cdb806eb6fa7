import type { Action } from '../model/action.ts'
import type { Failure } from '../model/errors.ts'
import type { RunEvent } from '../model/event.ts'
import type { LockNews } from '../model/lock.ts'
import type { NodeResult } from '../model/outcome.ts'
import { NOTHING_FAILED } from './results.ts'

export interface Listening {
  /** Milliseconds since the epoch. */
  readonly clock: () => number
  readonly emit: (event: RunEvent) => void
  /** Pending while output must be held back. */
  readonly drained: () => Promise<void> | undefined
}

/** How a node ended, for its event. */
export type NodeEnd = Omit<Extract<RunEvent, { kind: 'node_finished' }>, 'kind' | 'at' | 'step' | 'host'>

/**
 * The end of a node that waited.
 * @param stopping whether the run is being ended
 * @param before of a node that was to be tried again: nobody knows more than how that attempt ended
 */
export function unrun(
  outcome: 'blocked' | 'cancelled' | 'skipped',
  cause: readonly [step: number, host: number] | undefined,
  stopping: boolean,
  before: NodeResult | undefined,
): NodeEnd {
  if (before !== undefined) return { outcome: before.outcome, result: before }
  if (outcome === 'skipped') return { outcome, result: NOTHING_FAILED }
  if (cause === undefined) return { outcome }
  const [step, host] = cause
  return { outcome, cause: { step, host }, ...(stopping ? { stopped: true } : {}) }
}

/** Says what happens as events, each with its time. */
export class Told {
  readonly #to: Listening

  constructor(to: Listening) {
    this.#to = to
  }

  connected(host: number, ms: number): void {
    this.#to.emit({ kind: 'host_connected', at: this.#to.clock(), host, ms })
  }

  unreachable(host: number, failure: Failure): void {
    this.#to.emit({ kind: 'host_unreachable', at: this.#to.clock(), host, failure })
  }

  lock(host: number, news: LockNews): void {
    const at = this.#to.clock()
    switch (news.kind) {
      case 'taken':
        this.#to.emit({ kind: 'lock_taken', at, host, as: news.as })
        break
      case 'waiting':
        this.#to.emit({ kind: 'lock_waiting', at, host, holder: news.holder })
        break
      case 'missed':
        this.#to.emit({ kind: 'lock_missed', at, host, why: news.why })
    }
  }

  sent(step: number, host: number, action: Action): void {
    this.#to.emit({ kind: 'node_sent', at: this.#to.clock(), step, host, action })
  }

  started(step: number, host: number): void {
    this.#to.emit({ kind: 'node_started', at: this.#to.clock(), step, host })
  }

  /** Pending while no more output should come. */
  output(step: number, host: number, stream: 'stdout' | 'stderr', text: string): Promise<void> | undefined {
    this.#to.emit({ kind: 'node_output', at: this.#to.clock(), step, host, stream, text })
    return this.#to.drained()
  }

  retried(step: number, host: number, attempt: number, ms: number, result: NodeResult): void {
    this.#to.emit({ kind: 'node_retried', at: this.#to.clock(), step, host, attempt, ms, result })
  }

  /** Literal objects, since this is told of every node: spreading one into another takes as long as all the rest. */
  finished(step: number, host: number, { outcome, result, cause, stopped }: NodeEnd): void {
    const at = this.#to.clock()
    const kind = 'node_finished'
    if (result !== undefined) this.#to.emit({ kind, at, step, host, outcome, result })
    else if (cause !== undefined && stopped) this.#to.emit({ kind, at, step, host, outcome, cause, stopped })
    else if (cause !== undefined) this.#to.emit({ kind, at, step, host, outcome, cause })
    else this.#to.emit({ kind, at, step, host, outcome })
  }
}
