import type { Failure } from '../model/errors.ts'
import type { Plan } from '../model/plan.ts'

/**
 * Which host carries a node out, its own or the one that the step is delegated to; how many each still has to carry
 * out, which of them are connected to, and which cannot be reached.
 */
export class Carriers {
  readonly #delegates: readonly (Uint32Array | undefined)[]
  readonly #left: Uint32Array
  readonly #inUse: Uint8Array
  readonly #lost = new Map<number, Failure>()

  constructor({ steps, hosts }: Plan) {
    this.#delegates = steps.map(step => step.delegates)
    this.#left = new Uint32Array(hosts.length)
    this.#inUse = new Uint8Array(hosts.length)
    for (const step of steps) for (const host of step.targets) this.#left[this.of(step.index, host)]! += 1
  }

  of(step: number, host: number): number {
    return this.#delegates[step]?.[host] ?? host
  }

  /** A node is sent to it. */
  use(carrier: number): void {
    this.#inUse[carrier] = 1
  }

  /** It cannot be reached, nor will it be. */
  lose(carrier: number, failure: Failure): void {
    this.#lost.set(carrier, failure)
  }

  /** Why it cannot be reached, if so. */
  failureOf(carrier: number): Failure | undefined {
    return this.#lost.get(carrier)
  }

  /** A node ended; true when its carrier has none left. */
  ended(step: number, host: number): boolean {
    const carrier = this.of(step, host)
    this.#left[carrier]! -= 1
    return this.#left[carrier] === 0
  }

  /** It is not used any more; true if it was. */
  leave(carrier: number): boolean {
    const used = this.#inUse[carrier] === 1
    this.#inUse[carrier] = 0
    return used
  }
}
