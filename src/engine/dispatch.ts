import type { Action } from '../model/action.ts'
import type { Failure } from '../model/errors.ts'
import type { NodeResult } from '../model/outcome.ts'
import type { Plan } from '../model/plan.ts'
import { Admission, type AdmissionLimits } from './admission.ts'
import { Carriers } from './carriers.ts'
import type { Executor } from './executor.ts'
import { namingDelegate } from './results.ts'

/** How ready nodes get to the hosts that carry them out: permits first, then the executor. */
export class Dispatch {
  executor: Executor | undefined
  readonly #plan: Plan
  readonly #carriers: Carriers
  readonly #admission: Admission
  #inFlight = 0

  constructor(plan: Plan, limits: AdmissionLimits) {
    this.#plan = plan
    this.#carriers = new Carriers(plan)
    this.#admission = new Admission(plan, this.#carriers, limits)
  }

  /** Nodes that hold permits. */
  get inFlight(): number {
    return this.#inFlight
  }

  /** A node became ready. */
  offer(node: number): void {
    this.#admission.offer(node)
  }

  /** The next node that may go, its permits taken; `wanted` tells whether it still waits to be sent. */
  next(wanted: (node: number) => boolean): number | undefined {
    const node = this.#admission.next(wanted)
    if (node !== undefined) this.#inFlight += 1
    return node
  }

  /** Why the node's carrier cannot be had, if so. */
  failureOf(step: number, host: number): Failure | undefined {
    return this.#carriers.failureOf(this.#carriers.of(step, host))
  }

  send(step: number, host: number, action: Action): void {
    const via = this.#carriers.of(step, host)
    this.#carriers.use(via)
    this.executor?.start(step, host, action, via)
  }

  stop(step: number, host: number, reason: 'cancel' | 'now'): void {
    this.executor?.stop(step, host, reason, this.#carriers.of(step, host))
  }

  /** The node holds no permits any more. */
  giveBack(node: number): void {
    this.#inFlight -= 1
    this.#admission.giveBack(node)
  }

  /** The carrier cannot be had, nor will it be. */
  lose(via: number, failure: Failure): void {
    this.#carriers.lose(via, failure)
  }

  carrierOf(step: number, host: number): number {
    return this.#carriers.of(step, host)
  }

  /** The result, saying who carried it out where that was another host. */
  named(step: number, host: number, result: NodeResult): NodeResult {
    const via = this.#carriers.of(step, host)
    return via === host ? result : namingDelegate(result, this.#plan.hosts[via]!.name)
  }

  /** A node ended: its carrier is released when it has none left. */
  ended(step: number, host: number): void {
    if (!this.#carriers.ended(step, host)) return
    const via = this.#carriers.of(step, host)
    this.#admission.close(via)
    if (this.#carriers.leave(via)) this.executor?.release(via)
  }
}
