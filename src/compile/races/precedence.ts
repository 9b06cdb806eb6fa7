import type { Plan, PlanStep } from '../../model/plan.ts'
import { type Reachability, reachability } from '../reachability.ts'
import { type HostClasses, hostClasses } from './host-classes.ts'
import { batchAt, type Walked, walkFrom } from './walk.ts'

/** What a walk may look at; in a plan with more, a path of edges between two steps counts as an order of their nodes. */
const MOST_CELLS = 4_000_000

/** Walks that are remembered. */
const MOST_WALKS = 64

/**
 * Which node of a plan ends before which starts. Almost always the steps tell: where edges lead from one to the other
 * host by host, it is so on each host. Else the edges are walked node by node.
 */
export class Precedence {
  readonly #plan: Plan
  readonly #hostByHost: Reachability
  #anyhow: Reachability | undefined
  #classes: HostClasses | undefined
  readonly #walks = new Map<string, Walked>()

  constructor(plan: Plan) {
    this.#plan = plan
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
    if (this.#classes.count * this.#plan.steps.length > MOST_CELLS) return isPath
    const walked = this.#walk(this.#classes, second, secondHost)
    if (host === secondHost && first !== second && walked.onItself(first)) return true
    if (walked.onClass(first, this.#classes.of[host] ?? 0)) return true
    return rolling !== undefined && this.#batchOf(rolling, host) < walked.lastBatch(rolling)
  }

  #batchOf(rolling: number, host: number): number {
    const { batchOf } = this.#plan.rollings[rolling] ?? {}
    return batchOf === undefined ? 0 : batchAt(batchOf, host)
  }

  /** The same for all hosts of a class, but for batches. */
  #walk(classes: HostClasses, step: number, host: number): Walked {
    const key = `${step} ${this.#plan.rollings.length === 0 ? classes.of[host] : `of ${host}`}`
    const known = this.#walks.get(key)
    if (known !== undefined) return known
    if (this.#walks.size >= MOST_WALKS) this.#walks.clear()
    const walked = walkFrom(this.#plan, classes, step, host)
    this.#walks.set(key, walked)
    return walked
  }
}

/** The edges that lead from each host to that same host: to all hosts too, where all have the step. */
function hostEdges({ steps, order }: Plan): Pick<Plan, 'steps' | 'order'> {
  const used = new Set<number>()
  for (const list of new Set(steps.flatMap(({ targets, idle }) => [targets, idle ?? []])))
    for (const host of list) used.add(host)
  const isEverywhere = steps.map(({ targets, idle }) => targets.length + (idle?.length ?? 0) === used.size)
  return {
    order,
    steps: steps.map(step => ({
      ...step,
      edges: step.edges.filter(({ from, on }) => on === 'host' || isEverywhere[from]),
    })),
  }
}
