import { type Outcome, satisfies } from '../../src/model/outcome.ts'
import { type Edge, NO_BATCH, type Plan } from '../../src/model/plan.ts'
import { type NodeName, nameOf } from './fleet.ts'

/** What an edge leads to, seen from a host. */
interface View {
  readonly passes: boolean
  readonly bad: boolean
}

/**
 * SEMANTICS "Order" and "Failure" spelled out node by node, as slowly and as plainly as can be: what the engine is
 * compared with. `own` says how a node ends if it runs; nodes in `known` ended that way, whatever the rules say.
 */
export class Reference {
  readonly #plan: Plan
  readonly #own: (step: number, host: number) => Outcome
  readonly #known: Map<NodeName, Outcome>
  readonly #before = new Map<NodeName, ReadonlySet<NodeName>>()

  constructor(
    plan: Plan,
    own: (step: number, host: number) => Outcome,
    known: ReadonlyMap<NodeName, Outcome> = new Map(),
  ) {
    this.#plan = plan
    this.#own = own
    this.#known = new Map(known)
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

  outcome(step: number, host: number): Outcome {
    const name = nameOf(step, host)
    const outcome = this.#known.get(name) ?? this.expected(step, host)
    this.#known.set(name, outcome)
    return outcome
  }

  /** What the rules say of a node, given how what it needs has ended. */
  expected(step: number, host: number): Outcome {
    if (!this.#mayBegin(step, host) || !this.#passesThere(step, host)) return 'blocked'
    const failed = this.#edges(step).filter(edge => edge.if === 'failed')
    const asked = failed.length === 0 || failed.some(edge => this.#look(edge, edge.on, host).bad)
    return asked ? this.#own(step, host) : 'skipped'
  }

  /** Nodes that must have ended before this one starts, directly or not. */
  before(step: number, host: number): ReadonlySet<NodeName> {
    const name = nameOf(step, host)
    const known = this.#before.get(name)
    if (known !== undefined) return known
    const found = this.#beforePassing(step, host)
    const batch = this.#batch(step, host)
    for (const other of batch === 0 ? [] : this.#rollingNodes(step)) {
      if (this.#batch(other.step, other.host) < batch) found.add(nameOf(other.step, other.host))
    }
    this.#before.set(name, found)
    return found
  }

  #edges(step: number): readonly Edge[] {
    return this.#plan.steps[step]!.edges
  }

  #isExcluded(step: number): boolean {
    return this.#plan.steps[step]!.targets.length === 0
  }

  #idleOn(step: number): number[] {
    return [...(this.#plan.steps[step]!.idle ?? [])]
  }

  #look(edge: Edge, on: Edge['on'], host: number): View {
    const { from } = edge
    if (this.#isExcluded(from)) {
      const beyond = this.#edges(from)
        .filter(far => far.if === 'success')
        .map(far => this.#look(far, on === 'all' ? 'all' : far.on, host))
      return { passes: beyond.every(view => view.passes), bad: beyond.some(view => view.bad) }
    }
    if (on === 'all') return { passes: this.#stepPasses(from), bad: this.#anyBad(from) }
    if (this.runsOn(from, host))
      return { passes: this.#passes(from, host), bad: !satisfies(this.outcome(from, host)) }
    const here = this.#passesThere(from, host)
    if (this.#idleOn(from).includes(host)) return { passes: here, bad: !here }
    const passes = here && this.#stepPasses(from)
    return { passes, bad: !passes || this.#anyBad(from) }
  }

  /** Whether all success edges of a step are met on a host, whether it runs there or not. */
  #passesThere(step: number, host: number): boolean {
    return this.#edges(step)
      .filter(edge => edge.if === 'success')
      .every(edge => this.#look(edge, edge.on, host).passes)
  }

  #passes(step: number, host: number): boolean {
    const outcome = this.outcome(step, host)
    const goesOn = this.#plan.steps[step]!.onFailure === 'continue' && outcome !== 'blocked'
    return satisfies(outcome) || goesOn
  }

  #stepPasses(step: number): boolean {
    const { targets, tolerated } = this.#plan.steps[step]!
    const broken = [
      ...[...targets].filter(host => !this.#passes(step, host)),
      ...this.#idleOn(step).filter(host => !this.#passesThere(step, host)),
    ]
    return broken.length <= tolerated
  }

  #anyBad(step: number): boolean {
    const { targets } = this.#plan.steps[step]!
    return (
      [...targets].some(host => !satisfies(this.outcome(step, host))) ||
      this.#idleOn(step).some(host => !this.#passesThere(step, host))
    )
  }

  #beforePassing(step: number, host: number): Set<NodeName> {
    return new Set(this.#edges(step).flatMap(edge => [...this.#reach(edge.from, edge.on, host)]))
  }

  #reach(from: number, on: Edge['on'], host: number): Set<NodeName> {
    if (this.#isExcluded(from)) {
      const far = this.#edges(from).map(edge => this.#reach(edge.from, on === 'all' ? 'all' : edge.on, host))
      return new Set(far.flatMap(names => [...names]))
    }
    if (on === 'host' && this.runsOn(from, host))
      return new Set([nameOf(from, host), ...this.before(from, host)])
    if (on === 'host' && this.#idleOn(from).includes(host)) return this.#beforePassing(from, host)
    const everywhere = [
      ...[...this.#plan.steps[from]!.targets].flatMap(each => [
        nameOf(from, each),
        ...this.before(from, each),
      ]),
      ...this.#idleOn(from).flatMap(each => [...this.#beforePassing(from, each)]),
    ]
    return new Set(on === 'all' ? everywhere : [...everywhere, ...this.#beforePassing(from, host)])
  }

  #batch(step: number, host: number): number {
    const { rolling } = this.#plan.steps[step]!
    const batch = rolling === undefined ? 0 : this.#plan.rollings[rolling]!.batchOf[host]!
    return batch === NO_BATCH ? 0 : batch
  }

  #rollingNodes(step: number): { step: number; host: number }[] {
    const { steps } = this.#plan.rollings[this.#plan.steps[step]!.rolling as number]!
    return this.nodes().filter(node => steps.includes(node.step))
  }

  /** Not too many hosts of the batches before have failed. */
  #mayBegin(step: number, host: number): boolean {
    const batch = this.#batch(step, host)
    if (batch === 0) return true
    const bad = this.#rollingNodes(step)
      .filter(node => this.#batch(node.step, node.host) < batch && this.#isHeldAgainst(node.step, node.host))
      .map(node => node.host)
    return new Set(bad).size <= this.#plan.rollings[this.#plan.steps[step]!.rolling as number]!.tolerated
  }

  #isHeldAgainst(step: number, host: number): boolean {
    const outcome = this.outcome(step, host)
    if (satisfies(outcome) || outcome === 'blocked') return false
    return this.#plan.steps[step]!.onFailure !== 'continue' || outcome === 'unreachable'
  }
}
