import type { Edge, Plan, PlanStep, Rolling } from '../../model/plan.ts'
import { NO_BATCH } from '../../model/plan.ts'
import type { HostClasses } from './host-classes.ts'

/** What of a plan ends before a node starts. */
export interface Walked {
  /** Whether the step ends before it on the node's own host, provided that it runs there. */
  onItself(step: number): boolean
  /** Whether the step ends before it on all hosts of a class on which it runs. */
  onClass(step: number, hostClass: number): boolean
  /** The last batch of a rolling group of which something ends before it; batches before that have ended too. */
  lastBatch(rolling: number): number
}

/**
 * Walks from a node to all that it waits for, as the engine does (SEMANTICS: "Order"): edges lead through steps that do
 * not run on a host, and through excluded ones. `order` of the plan is topological.
 */
export function walkFrom(plan: Plan, classes: HostClasses, step: number, host: number): Walked {
  return new Walk(plan, classes, host).from(step)
}

class Walk implements Walked {
  readonly #plan: Plan
  readonly #classes: HostClasses
  readonly #host: number
  readonly #own: number
  /** Of each step: it is reached on the node's own host; on these classes; and, for an excluded one, on all hosts. */
  readonly #itself: Uint8Array
  readonly #reached: (Uint8Array | undefined)[]
  readonly #everywhere: Uint8Array
  readonly #lastBatch = new Map<number, number>()

  constructor(plan: Plan, classes: HostClasses, host: number) {
    this.#plan = plan
    this.#classes = classes
    this.#host = host
    this.#own = classes.of[host] ?? 0
    this.#itself = new Uint8Array(plan.steps.length)
    this.#everywhere = new Uint8Array(plan.steps.length)
    this.#reached = Array.from({ length: plan.steps.length })
  }

  from(start: number): this {
    const { order, steps } = this.#plan
    this.#itself[start] = 1
    for (let at = order.lastIndexOf(start); at >= 0; at -= 1) this.#goOn(steps[order[at] ?? 0] as PlanStep)
    return this
  }

  onItself(step: number): boolean {
    return this.#itself[step] === 1
  }

  onClass(step: number, hostClass: number): boolean {
    return this.#reached[step]?.[hostClass] === 1
  }

  lastBatch(rolling: number): number {
    return this.#lastBatch.get(rolling) ?? 0
  }

  #goOn(step: PlanStep): void {
    const { index, edges } = step
    const reached = this.#reached[index]
    if (this.#everywhere[index] === 1) for (const { from } of edges) this.#toAll(from)
    if (this.#itself[index] === 0 && reached === undefined) return
    if (step.rolling !== undefined) this.#noteBatch(step, step.rolling)
    for (const edge of edges) {
      if (this.#itself[index] === 1 && this.#reach(edge, this.#own)) this.#itself[edge.from] = 1
      reached?.forEach((is, hostClass) => {
        if (is === 1 && this.#reach(edge, hostClass)) this.#classesOf(edge.from)[hostClass] = 1
      })
    }
  }

  /** Follows an edge from a host of the class; true if it leads to that same host. */
  #reach({ from, on }: Edge, hostClass: number): boolean {
    const isExcluded = this.#isExcluded(from)
    if (on === 'all' || !(isExcluded || this.#classes.home(from).has(hostClass))) this.#toAll(from)
    return on === 'host'
  }

  #toAll(step: number): void {
    if (this.#isExcluded(step)) this.#everywhere[step] = 1
    else for (const hostClass of this.#classes.home(step)) this.#classesOf(step)[hostClass] = 1
  }

  #classesOf(step: number): Uint8Array {
    const known = this.#reached[step] ?? new Uint8Array(this.#classes.count)
    this.#reached[step] = known
    return known
  }

  #noteBatch({ index, targets }: PlanStep, rolling: number): void {
    const { batchOf } = this.#plan.rollings[rolling] as Rolling
    let last = this.#lastBatch.get(rolling) ?? 0
    for (const host of targets) {
      const isReached = host === this.#host && this.#itself[index] === 1
      if (isReached || this.onClass(index, this.#classes.of[host] ?? 0))
        last = Math.max(last, batchAt(batchOf, host))
    }
    this.#lastBatch.set(rolling, last)
  }

  #isExcluded(step: number): boolean {
    return this.#plan.steps[step]?.targets.length === 0
  }
}

/** Hosts that are in no batch go with the first. */
export function batchAt(batchOf: Uint32Array, host: number): number {
  const batch = batchOf[host] ?? NO_BATCH
  return batch === NO_BATCH ? 0 : batch
}
