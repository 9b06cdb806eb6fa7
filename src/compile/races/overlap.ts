import type { Plan, PlanStep } from '../../model/plan.ts'
import { type Reachability, reachability } from '../reachability.ts'
import { batchAt } from './host-classes.ts'
import { Precedence } from './precedence.ts'

/** A step on a host of its own, whoever carries it out there. */
export interface Node {
  readonly step: number
  readonly host: number
}

/** Which nodes of a plan can run at the same time, whatever the hosts answer and however long they take. */
export class Overlap {
  readonly #plan: Plan
  readonly #precedence: Precedence
  #success: Reachability | undefined

  constructor(plan: Plan) {
    this.#plan = plan
    this.#precedence = new Precedence(plan)
  }

  /** Whether it follows from the steps alone that two of them never run on one host at the same time. */
  isApart(one: PlanStep, other: PlanStep): boolean {
    const precedence = this.#precedence
    return precedence.onEveryHost(one.index, other.index) || precedence.onEveryHost(other.index, one.index)
  }

  /** Whether two different nodes can be in flight together. */
  canOverlap(one: Node, other: Node): boolean {
    const [first, second] = [this.#step(one), this.#step(other)]
    if (first === second && first.throttle === 1) return false
    if (this.#shareOnePermit(first, second) || this.#areInDifferentBatches(one, other)) return false
    if (this.#precedes(one, other) || this.#precedes(other, one)) return false
    return one.host !== other.host || !(this.#excludes(first, second) || this.#excludes(second, first))
  }

  #step({ step }: Node): PlanStep {
    return this.#plan.steps[step] as PlanStep
  }

  #precedes(one: Node, other: Node): boolean {
    return this.#precedence.before(one.step, one.host, other.step, other.host)
  }

  #shareOnePermit(first: PlanStep, second: PlanStep): boolean {
    return first.semaphores.some(
      index => this.#plan.semaphores[index]?.permits === 1 && second.semaphores.includes(index),
    )
  }

  #areInDifferentBatches(one: Node, other: Node): boolean {
    const { rolling } = this.#step(one)
    if (rolling === undefined || rolling !== this.#step(other).rolling) return false
    const batchOf = this.#plan.rollings[rolling]?.batchOf
    return batchOf !== undefined && batchAt(batchOf, one.host) !== batchAt(batchOf, other.host)
  }

  /**
   * Whether one runs on a host only where something failed there that the other needs to have succeeded: a cleanup
   * beside what goes on after success.
   */
  #excludes(cleanup: PlanStep, other: PlanStep): boolean {
    const wanted = cleanup.edges.filter(edge => edge.if === 'failed')
    this.#success ??= reachability(successEdges(this.#plan))
    const needs = this.#success
    const isNeeded = (from: number) =>
      this.#plan.steps[from]?.targets.length !== 0 && needs.before(from, other.index)
    return wanted.length > 0 && wanted.every(({ from, on }) => on === 'host' && isNeeded(from))
  }
}

/** The edges over which a failure on a host blocks what comes after it there. */
function successEdges({ steps, order }: Plan): Pick<Plan, 'steps' | 'order'> {
  const blocks = steps.map(({ onFailure, tolerated }) => onFailure !== 'continue' && tolerated === 0)
  return {
    order,
    steps: steps.map(step => ({
      ...step,
      edges: step.edges.filter(edge => edge.if === 'success' && edge.on === 'host' && blocks[edge.from]),
    })),
  }
}
