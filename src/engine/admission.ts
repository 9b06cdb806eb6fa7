import type { Plan } from '../model/plan.ts'
import type { Carriers } from './carriers.ts'
import { NodeQueue } from './queue.ts'
import { Semaphore } from './semaphore.ts'

export interface AdmissionLimits {
  /** Nodes in flight at most. */
  readonly forks: number
  /** Nodes in flight on one host at most. */
  readonly channelsPerHost: number
}

/** A node that was woken so often in vain gets what it needs kept for it. */
const MOST_IN_VAIN = 8

/**
 * Decides which ready node may go: it needs a fork, a channel of the host that carries it out and, where the step has
 * them, permits of its throttle and its named semaphores; all of them or none. A node that lacks one parks there and
 * holds nothing. Hosts that are under way go before fresh ones, so that no more connections are open than the run
 * needs; otherwise first come, first served. A node that needs several permits and always finds one of them gone
 * claims them at last: one node at a time, and others get none of those until it has gone.
 */
export class Admission {
  readonly #hostCount: number
  readonly #carriers: Carriers
  readonly #channelsPerHost: number
  #forks: number
  /** Woken by the permit they had parked at; before all others, so that nobody overtakes them. */
  readonly #woken = new NodeQueue()
  readonly #underWay = new NodeQueue()
  readonly #fresh = new NodeQueue()
  /** Of each step: its throttle and its named semaphores. */
  readonly #semaphores: readonly (readonly Semaphore[])[]
  /** Of the hosts under way only. */
  readonly #channels: (Semaphore | undefined)[]
  /** How often nodes that are parked again were woken. */
  readonly #inVain = new Map<number, number>()
  #claimant: number | undefined

  constructor(plan: Plan, carriers: Carriers, limits: AdmissionLimits) {
    this.#hostCount = plan.hosts.length
    this.#carriers = carriers
    this.#forks = limits.forks
    this.#channelsPerHost = limits.channelsPerHost
    this.#channels = Array.from({ length: this.#hostCount })
    const named = plan.semaphores.map(({ permits }) => new Semaphore(permits))
    this.#semaphores = plan.steps.map(({ throttle, semaphores }) => [
      ...(throttle === undefined ? [] : [new Semaphore(throttle)]),
      ...[...new Set(semaphores)].map(index => named[index]!),
    ])
  }

  /** A node became ready. */
  offer(node: number): void {
    const queue = this.#channels[this.#carrierOf(node)] === undefined ? this.#fresh : this.#underWay
    queue.push(node)
  }

  /** The next node that may go, its permits taken; `wanted` tells whether it still waits to be sent. */
  next(wanted: (node: number) => boolean): number | undefined {
    while (this.#forks > 0) {
      if (this.#claimant !== undefined) {
        const claimant = this.#claimant
        if (!wanted(claimant)) this.#unclaim(claimant)
        else if (this.#lacking(claimant, false) === undefined) return this.#goClaimed(claimant)
      }
      const woken = this.#woken.shift()
      const node = woken ?? this.#underWay.shift() ?? this.#fresh.shift()
      if (node === undefined) return undefined
      if (!wanted(node)) this.#wakeNext(node)
      else if (this.#goOrPark(node, woken !== undefined)) return node
    }
    return undefined
  }

  /** The node ended: what it held can be used by others. */
  giveBack(node: number): void {
    this.#forks += 1
    for (const semaphore of this.#semaphoresOf(node)) semaphore.give()
    this.#channels[this.#carrierOf(node)]?.give()
    this.#wakeNext(node)
  }

  /** No node that the host carries out will come any more. */
  close(host: number): void {
    this.#channels[host] = undefined
  }

  #semaphoresOf(node: number): readonly Semaphore[] {
    return this.#semaphores[Math.floor(node / this.#hostCount)]!
  }

  #carrierOf(node: number): number {
    return this.#carriers.of(Math.floor(node / this.#hostCount), node % this.#hostCount)
  }

  #goOrPark(node: number, again: boolean): boolean {
    const lacking = this.#lacking(node, true)
    if (lacking === undefined) {
      this.#take(node)
      return true
    }
    if (again && this.#claims(node)) return false
    lacking.park(node)
    this.#wakeNext(node)
    return false
  }

  #take(node: number): void {
    this.#forks -= 1
    for (const semaphore of this.#semaphoresOf(node)) semaphore.take()
    this.#channelsOf(node).take()
    if (this.#inVain.size > 0) this.#inVain.delete(node)
  }

  /** What the node has to wait for first; permits that are kept for another node count if `respectful`. */
  #lacking(node: number, respectful: boolean): Semaphore | undefined {
    for (const semaphore of this.#semaphoresOf(node)) {
      if (semaphore.free === 0 || (respectful && semaphore.claimed)) return semaphore
    }
    const channels = this.#channelsOf(node)
    return channels.free === 0 || (respectful && channels.claimed) ? channels : undefined
  }

  #claims(node: number): boolean {
    const times = (this.#inVain.get(node) ?? 0) + 1
    this.#inVain.set(node, times)
    if (times <= MOST_IN_VAIN || this.#claimant !== undefined) return false
    this.#claimant = node
    this.#claim(node, true)
    return true
  }

  #goClaimed(node: number): number {
    this.#take(node)
    this.#unclaim(node)
    return node
  }

  /** Those who waited meanwhile get their chance at what is free. */
  #unclaim(node: number): void {
    this.#claimant = undefined
    this.#inVain.delete(node)
    this.#claim(node, false)
    for (const semaphore of [...this.#semaphoresOf(node), this.#channelsOf(node)]) {
      for (let permits = semaphore.free; permits > 0; permits -= 1) this.#wakeOne(semaphore)
    }
  }

  #claim(node: number, claimed: boolean): void {
    for (const semaphore of this.#semaphoresOf(node)) semaphore.claimed = claimed
    this.#channelsOf(node).claimed = claimed
  }

  #channelsOf(node: number): Semaphore {
    const carrier = this.#carrierOf(node)
    let channels = this.#channels[carrier]
    if (channels === undefined) {
      channels = new Semaphore(this.#channelsPerHost)
      this.#channels[carrier] = channels
    }
    return channels
  }

  /** A permit that this node left free, or gave back, is somebody else's chance. */
  #wakeNext(node: number): void {
    for (const semaphore of this.#semaphoresOf(node)) this.#wakeOne(semaphore)
    this.#wakeOne(this.#channels[this.#carrierOf(node)])
  }

  #wakeOne(semaphore: Semaphore | undefined): void {
    const woken = semaphore?.wake()
    if (woken !== undefined) this.#woken.push(woken)
  }
}
