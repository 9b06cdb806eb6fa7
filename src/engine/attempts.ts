import type { NodeResult } from '../model/outcome.ts'
import type { Judgement } from '../model/program.ts'
import type { UnknownAttempt } from './results.ts'
import { type Schedule, Waits } from './waits.ts'

type Again = Extract<Judgement, { readonly kind: 'again' }>

/** Nodes that are sent more than once, and those that wait for a time: between attempts, or as pauses. */
export class Attempts {
  readonly #waits: Waits
  /** Of nodes that have had one already: the number of the attempt that is next or under way. */
  readonly #number = new Map<number, number>()
  /** Of those of which an attempt ended nobody knows how: the first one. */
  readonly #unknown = new Map<number, UnknownAttempt>()

  constructor(schedule: Schedule) {
    this.#waits = new Waits(schedule)
  }

  /** How many nodes wait. */
  get waiting(): number {
    return this.#waits.size
  }

  /** The number of the node's attempt, from 1. */
  of(node: number): number {
    return this.#number.get(node) ?? 1
  }

  /** The first attempt that ended nobody knows how, if there was one. */
  unknownOf(node: number): UnknownAttempt | undefined {
    return this.#unknown.size === 0 ? undefined : this.#unknown.get(node)
  }

  /** Another attempt follows after so many milliseconds; `result` is that of the last one. */
  again(node: number, result: NodeResult, { ms, mayHaveChanged }: Again, then: () => void): void {
    if (result.outcome === 'unknown' && !this.#unknown.has(node))
      this.#unknown.set(node, { result, mayHaveChanged: mayHaveChanged === true })
    this.#number.set(node, this.of(node) + 1)
    this.#waits.start(node, ms, then)
  }

  pause(node: number, ms: number, then: () => void): void {
    this.#waits.start(node, ms, then)
  }

  /** Takes those that wait for another attempt, and that `which` names, out before their time. */
  cut(which: (node: number) => boolean): number[] {
    const nodes = this.#waits.keys().filter(node => this.#number.has(node) && which(node))
    for (const node of nodes) this.#waits.cut(node)
    return nodes
  }

  /** The node has ended. */
  forget(node: number): void {
    if (this.#number.size > 0) this.#number.delete(node)
    if (this.#unknown.size > 0) this.#unknown.delete(node)
  }

  /** Takes out all that wait. */
  clear(): number[] {
    return this.#waits.clear()
  }
}
