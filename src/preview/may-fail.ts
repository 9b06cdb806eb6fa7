import { tableOfEdges } from '../engine/edges.ts'
import type { NodeName } from '../model/foresight.ts'
import type { Edge, Plan } from '../model/plan.ts'
import type { Verdict } from '../model/preview.ts'

/**
 * Nodes that may fail or be blocked though nothing says so: those that are unknown, and what needs them. A command that
 * would run counts as one that succeeds.
 */
export class MayFail {
  readonly #plan: Plan
  readonly #needs: readonly (readonly Edge[])[]
  /** By node, step and rolling group: the unknown node that it began with. */
  readonly #nodes = new Map<number, NodeName>()
  readonly #steps = new Map<number, NodeName>()
  readonly #rollings = new Map<number, NodeName>()
  /** What may end the whole run. */
  stop: NodeName | undefined

  constructor(plan: Plan) {
    this.#plan = plan
    this.#needs = tableOfEdges(plan).needs
  }

  /** The node has its verdict, as all have that it needs. */
  settle(node: NodeName, verdict: Verdict): void {
    const { step, host } = node
    const { rolling } = this.#plan.steps[step] ?? {}
    const isUnknown = verdict.kind === 'unknown' && verdict.fails !== true
    const cause = isUnknown ? node : (this.#behind(node, 'success') ?? this.#rollings.get(rolling ?? -1))
    if (cause === undefined) return
    if (this.#mayStop(step)) this.stop ??= cause
    this.#nodes.set(step * this.#plan.hosts.length + host, cause)
    if (!this.#steps.has(step)) this.#steps.set(step, cause)
    if (rolling !== undefined && !this.#rollings.has(rolling)) this.#rollings.set(rolling, cause)
  }

  /** Of a node that runs only after a failure: what may fail before it. */
  before(node: NodeName): NodeName | undefined {
    return this.#behind(node, 'failed')
  }

  /** Whether its failure may end the whole run, which blocks what others clean up after. */
  #mayStop(step: number): boolean {
    return this.#plan.steps[step]?.onFailure === 'stop' || this.#plan.maxFailures !== undefined
  }

  #behind({ step, host }: NodeName, condition: Edge['if']): NodeName | undefined {
    for (const edge of this.#needs[step] ?? []) {
      const from = this.#plan.steps[edge.from]
      if (from === undefined || edge.if !== condition) continue
      if (condition === 'success' && from.onFailure === 'continue') continue
      const ofStep = this.#steps.get(edge.from)
      if (ofStep === undefined) continue
      const isThere = edge.on === 'host' && from.targets.includes(host)
      const found = isThere ? this.#nodes.get(edge.from * this.#plan.hosts.length + host) : ofStep
      if (found !== undefined) return found
    }
    return undefined
  }
}
