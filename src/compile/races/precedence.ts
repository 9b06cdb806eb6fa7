import type { Plan, PlanStep } from '../../model/plan.ts'
import { type Reachability, reachability } from '../reachability.ts'
import { batchAt, type HostClasses, hostClasses } from './host-classes.ts'
import { type Walked, walkFrom } from './walk.ts'

/** So much may be walked in all, in steps times classes of hosts: a second or so. */
const MOST_WALKED = 20_000_000

/** So much of it is remembered. */
const MOST_REMEMBERED = 4_000_000

/**
 * Which node of a plan ends before which starts. Almost always the steps tell: where edges lead from one to the other
 * host by host, it is so on each host. Else the edges are walked node by node.
 */
export class Precedence {
  readonly #plan: Plan
  readonly #hostByHost: Reachability
  #anyhow: Reachability | undefined
  #classes: HostClasses | undefined
  readonly #walks = new Map<number, Walked>()
  readonly #beyond: boolean
  #left = MOST_WALKED
  #remembered = 0

  /** @param beyond what nodes of steps that may be in an order count as, where it would take too much to find out */
  constructor(plan: Plan, beyond = true) {
    this.#plan = plan
    this.#beyond = beyond
    this.#hostByHost = reachability(hostEdges(plan))
  }

  /** Whether, on every host on which both run, the first step ends before the second starts. */
  onEveryHost(first: number, second: number): boolean {
    return this.#hostByHost.before(first, second)
  }

  /** Whether the first step on its host ends before the second on its own starts. */
  before(first: number, host: number, second: number, secondHost: number): boolean {
    if (host === secondHost && this.onEveryHost(first, second)) return true
    this.#anyhow ??= reachability(this.#plan)
    const isPath = this.#anyhow.before(first, second)
    const { rolling } = this.#plan.steps[first] as PlanStep
    if (!isPath && rolling === undefined) return false
    this.#classes ??= hostClasses(this.#plan)
    const walked = this.#walk(this.#classes, second, this.#classes.of[secondHost] ?? 0)
    if (walked === undefined) return this.#beyond
    if (host === secondHost && first !== second && walked.onItself(first)) return true
    if (walked.onClass(first, this.#classes.of[host] ?? 0)) return true
    if (rolling === undefined) return false
    return this.#batchOf(rolling, host) < walked.lastBatch(rolling, this.#batchOf(rolling, secondHost))
  }

  #batchOf(rolling: number, host: number): number {
    const { batchOf } = this.#plan.rollings[rolling] ?? {}
    return batchOf === undefined ? 0 : batchAt(batchOf, host)
  }

  /** Undefined where that would be too much. */
  #walk(classes: HostClasses, step: number, hostClass: number): Walked | undefined {
    const key = step * classes.count + hostClass
    const known = this.#walks.get(key)
    if (known !== undefined) return known
    const size = this.#plan.steps.length * (classes.count + 2)
    if (size > this.#left) return undefined
    this.#left -= size
    this.#remembered += size
    if (this.#remembered > MOST_REMEMBERED) {
      this.#walks.clear()
      this.#remembered = size
    }
    const walked = walkFrom(this.#plan, classes, step, hostClass)
    this.#walks.set(key, walked)
    return walked
  }
}

/** The edges that lead from each host to that same host: to all hosts too, where all have the step. */
function hostEdges({ steps, order }: Plan): Pick<Plan, 'steps' | 'order'> {
  const used = new Set<number>()
  for (const list of new Set(steps.flatMap(({ targets, idle }) => [targets, idle ?? []])))
    for (const host of list) used.add(host)
  const isEverywhere = steps.map(
    ({ targets, idle }) => targets.length > 0 && targets.length + (idle?.length ?? 0) === used.size,
  )
  return {
    order,
    steps: steps.map(step => ({
      ...step,
      edges: step.edges.filter(({ from, on }) => on === 'host' || isEverywhere[from]),
    })),
  }
}
