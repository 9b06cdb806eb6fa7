import type { PlanStep } from '../model/plan.ts'

/** How the nodes of each step have ended, counted over its hosts and those where it is idle. */
export class StepCounts {
  readonly #tolerated: Uint32Array
  readonly #unsettled: Uint32Array
  readonly #broken: Uint32Array
  readonly #bad: Uint32Array
  readonly #told: Uint8Array
  /** The node that failed first among the causes of the step's broken nodes. */
  readonly #cause: Uint32Array

  constructor(steps: readonly PlanStep[]) {
    this.#tolerated = Uint32Array.from(steps, step => step.tolerated)
    this.#unsettled = Uint32Array.from(steps, step => step.targets.length + (step.idle?.length ?? 0))
    this.#broken = new Uint32Array(steps.length)
    this.#bad = new Uint32Array(steps.length)
    this.#told = new Uint8Array(steps.length)
    this.#cause = new Uint32Array(steps.length)
  }

  /** `cause`: what broke the node, if something did. */
  ended(step: number, badly: boolean, cause: number | undefined): void {
    if (badly) this.#bad[step]! += 1
    if (cause === undefined) return
    if (this.#broken[step] === 0) this.#cause[step] = cause
    this.#broken[step]! += 1
  }

  /** True once: when more nodes have broken than the step tolerates. */
  breaks(step: number): boolean {
    if (this.#told[step] === 1 || this.#broken[step]! <= this.#tolerated[step]!) return false
    this.#told[step] = 1
    return true
  }

  /** One more node has settled; true when it was the last. */
  settled(step: number): boolean {
    this.#unsettled[step]! -= 1
    return this.#unsettled[step] === 0
  }

  causeOf(step: number): number {
    return this.#cause[step]!
  }

  anyBad(step: number): boolean {
    return this.#bad[step]! > 0
  }
}
