import type { Edge, Plan, PlanStep } from '../../model/plan.ts'
import type { HostClasses } from './host-classes.ts'

/** What of a plan ends before a node starts. */
export interface Walked {
  /** Whether the step ends before it on the node's own host, provided that it runs there. */
  onItself(step: number): boolean
  /** Whether the step ends before it on all hosts of a class on which it runs. */
  onClass(step: number, hostClass: number): boolean
  /**
   * The last batch of a rolling group of which something ends before it, that batch being `own` for the node's host;
   * the batches before have ended, too.
   */
  lastBatch(rolling: number, own: number): number
}

/**
 * Walks from a node, of a step on a host of a class, to all that it waits for, as the engine does (SEMANTICS: "Order"): edges lead through steps that do
 * not run on a host, and through excluded ones. `order` of the plan is topological.
 */
export function walkFrom(plan: Plan, classes: HostClasses, step: number, hostClass: number): Walked {
  return new Walk(plan, classes, hostClass).from(step)
}

class Walk implements Walked {
  readonly #plan: Plan
  readonly #classes: HostClasses
  /** The class of the node's own host. */
  readonly #own: number
  /** Of each step: it is reached on the node's own host; on these classes; and, for an excluded one, on all hosts. */
  readonly #itself: Uint8Array
  readonly #reached: (Uint8Array | undefined)[]
  readonly #everywhere: Uint8Array
  readonly #lastBatch = new Map<number, number>()
  /** Rolling groups of which a node on the same host is reached. */
  readonly #ownBatch = new Set<number>()

  constructor(plan: Plan, classes: HostClasses, own: number) {
    this.#plan = plan
    this.#classes = classes
    this.#own = own
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

  lastBatch(rolling: number, own: number): number {
    return Math.max(this.#lastBatch.get(rolling) ?? 0, this.#ownBatch.has(rolling) ? own : 0)
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

  #noteBatch({ index }: PlanStep, rolling: number): void {
    const batches = this.#classes.lastBatches(index)
    if (this.#itself[index] === 1 && batches.has(this.#own)) this.#ownBatch.add(rolling)
    let last = this.#lastBatch.get(rolling) ?? 0
    for (const [hostClass, batch] of batches) if (this.onClass(index, hostClass)) last = Math.max(last, batch)
    this.#lastBatch.set(rolling, last)
  }

  #isExcluded(step: number): boolean {
    return this.#plan.steps[step]?.targets.length === 0
  }
}
