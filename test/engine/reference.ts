import { type Outcome, satisfies } from '../../src/model/outcome.ts'
import type { Plan } from '../../src/model/plan.ts'
import { type NodeName, nameOf } from './fleet.ts'

type Need =
  | { readonly kind: 'node'; readonly name: NodeName }
  | { readonly kind: 'all'; readonly step: number }

/**
 * SEMANTICS "Order" and "Failure" spelled out node by node, as slowly and as plainly as can be: what the engine is
 * compared with. `own` says how a node ends if it runs.
 */
export class Reference {
  readonly #plan: Plan
  readonly #own: (step: number, host: number) => Outcome
  readonly #known = new Map<NodeName, Outcome>()

  constructor(plan: Plan, own: (step: number, host: number) => Outcome) {
    this.#plan = plan
    this.#own = own
  }

  runsOn(step: number, host: number): boolean {
    return this.#plan.steps[step]!.targets.includes(host)
  }

  /** The real nodes, all of them. */
  nodes(): { step: number; host: number; name: NodeName }[] {
    return this.#plan.steps.flatMap(({ index: step, targets }) =>
      [...targets].map(host => ({ step, host, name: nameOf(step, host) })),
    )
  }

  needs(step: number, host: number): Need[] {
    return this.#plan.steps[step]!.edges.flatMap(({ from, on }) => {
      if (on === 'all') return this.#allOf(from)
      if (this.runsOn(from, host)) return [{ kind: 'node', name: nameOf(from, host) } as const]
      const excluded = this.#plan.steps[from]!.targets.length === 0
      return [...(excluded ? [] : this.#allOf(from)), ...this.needs(from, host)]
    })
  }

  outcome(step: number, host: number): Outcome {
    const name = nameOf(step, host)
    let outcome = this.#known.get(name)
    if (outcome === undefined) {
      const free = this.needs(step, host).every(need => this.#holds(need))
      outcome = free ? this.#own(step, host) : 'blocked'
      this.#known.set(name, outcome)
    }
    return outcome
  }

  /** Nodes that must have ended before this one starts; hosts within `tolerated` too. */
  before(step: number, host: number): NodeName[] {
    return this.needs(step, host).flatMap(need =>
      need.kind === 'node'
        ? [need.name]
        : [...this.#plan.steps[need.step]!.targets].map(other => nameOf(need.step, other)),
    )
  }

  #allOf(step: number): Need[] {
    const { targets, edges } = this.#plan.steps[step]!
    if (targets.length > 0) return [{ kind: 'all', step }]
    return edges.flatMap(edge => this.#allOf(edge.from))
  }

  #holds(need: Need): boolean {
    if (need.kind === 'node') {
      const [step, host] = need.name.split('@').map(Number) as [number, number]
      return this.#passes(step, host)
    }
    const { targets, tolerated } = this.#plan.steps[need.step]!
    return [...targets].filter(host => !this.#passes(need.step, host)).length <= tolerated
  }

  #passes(step: number, host: number): boolean {
    const outcome = this.outcome(step, host)
    const goesOn = this.#plan.steps[step]!.onFailure === 'continue' && outcome !== 'blocked'
    return satisfies(outcome) || goesOn
  }
}
