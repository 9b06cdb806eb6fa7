import type { Plan } from '../model/plan.ts'
import { NodeQueue } from './queue.ts'
import { Semaphore } from './semaphore.ts'

export interface AdmissionLimits {
  /** Nodes in flight at most. */
  readonly forks: number
  /** Nodes in flight on one host at most. */
  readonly channelsPerHost: number
}

/**
 * Decides which ready node may go: it needs a fork, a channel of its host and, where the step has a throttle, a
 * permit of it; all of them or none. A node that lacks one parks there and holds nothing. Hosts that are under way go
 * before fresh ones, so that no more connections are open than the run needs; otherwise first come, first served.
 */
export class Admission {
  readonly #hostCount: number
  readonly #channelsPerHost: number
  #forks: number
  /** Woken by the permit they had parked at; before all others, so that nobody overtakes them. */
  readonly #woken = new NodeQueue()
  readonly #underWay = new NodeQueue()
  readonly #fresh = new NodeQueue()
  readonly #throttles: readonly (Semaphore | undefined)[]
  /** Of the hosts under way only. */
  readonly #channels = new Map<number, Semaphore>()

  constructor(plan: Plan, limits: AdmissionLimits) {
    this.#hostCount = plan.hosts.length
    this.#forks = limits.forks
    this.#channelsPerHost = limits.channelsPerHost
    this.#throttles = plan.steps.map(step =>
      step.throttle === undefined ? undefined : new Semaphore(step.throttle),
    )
  }

  /** A node became ready. */
  offer(node: number): void {
    const queue = this.#channels.has(this.#hostOf(node)) ? this.#underWay : this.#fresh
    queue.push(node)
  }

  /** The next node that may go, its permits taken; `wanted` tells whether it still waits to be sent. */
  next(wanted: (node: number) => boolean): number | undefined {
    while (this.#forks > 0) {
      const node = this.#woken.shift() ?? this.#underWay.shift() ?? this.#fresh.shift()
      if (node === undefined) return undefined
      if (!wanted(node)) this.#wakeNext(node)
      else if (this.#takeAll(node)) return node
    }
    return undefined
  }

  /** The node ended: what it held can be used by others. */
  giveBack(node: number): void {
    this.#forks += 1
    this.#throttles[this.#stepOf(node)]?.give()
    this.#channels.get(this.#hostOf(node))?.give()
    this.#wakeNext(node)
  }

  /** The host has had a node, and not been closed since. */
  isUnderWay(host: number): boolean {
    return this.#channels.has(host)
  }

  /** No node of the host will come any more. */
  close(host: number): void {
    this.#channels.delete(host)
  }

  #stepOf(node: number): number {
    return Math.floor(node / this.#hostCount)
  }

  #hostOf(node: number): number {
    return node % this.#hostCount
  }

  #takeAll(node: number): boolean {
    const throttle = this.#throttles[this.#stepOf(node)]
    const channels = this.#channelsOf(this.#hostOf(node))
    const lacking = throttle?.free === 0 ? throttle : channels.free === 0 ? channels : undefined
    if (lacking !== undefined) {
      lacking.park(node)
      this.#wakeNext(node)
      return false
    }
    this.#forks -= 1
    throttle?.take()
    channels.take()
    return true
  }

  #channelsOf(host: number): Semaphore {
    let channels = this.#channels.get(host)
    if (channels === undefined) {
      channels = new Semaphore(this.#channelsPerHost)
      this.#channels.set(host, channels)
    }
    return channels
  }

  /** A permit that this node left free, or gave back, is somebody else's chance. */
  #wakeNext(node: number): void {
    this.#wakeOne(this.#throttles[this.#stepOf(node)])
    this.#wakeOne(this.#channels.get(this.#hostOf(node)))
  }

  #wakeOne(semaphore: Semaphore | undefined): void {
    const woken = semaphore?.wake()
    if (woken !== undefined) this.#woken.push(woken)
  }
}
