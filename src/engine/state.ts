import { OUTCOMES, type Outcome, satisfies } from '../model/outcome.ts'
import type { Plan } from '../model/plan.ts'
import { type EdgeTable, isCleanup, tableOfEdges, wantsFailure } from './edges.ts'
import { layOut } from './layout.ts'
import {
  BLOCKED,
  CANCELLED,
  ENDED,
  FAILURE_SEEN,
  isReal,
  OK,
  PASSAGE,
  PHASE,
  READY,
  RUNNING,
  SENT,
  SKIPPED,
  WAITING,
} from './node-byte.ts'
import type { StateChanges } from './state-changes.ts'
import { StepCounts } from './step-counts.ts'

/**
 * The state of a run: steps × hosts in typed arrays, three bytes a node, edges between steps only. Every step has a
 * node on every host of the plan; where it does not run, that node is a passage, which ends by itself once what the
 * step needs on that host and all of the step's other nodes have ended well (SEMANTICS: "Order").
 *
 * A node breaks when it ends so that `success` edges to it cannot be met: what stands behind those is blocked at
 * once. A node settles when it and all that it needs, directly or not, have ended; that is what every edge waits for,
 * so that a cleanup never starts beside what its needs wait for. The state knows nothing of time, permits or processes.
 */
export class RunState {
  readonly hostCount: number
  /** Real nodes that have not ended. */
  remaining: number
  readonly #plan: Plan
  readonly #edges: EdgeTable
  readonly #changes: StateChanges
  readonly #node: Uint8Array
  /** How many needs of the node have not settled; one more for a passage, and for a node whose batch has not begun. */
  readonly #pending: Uint16Array
  readonly #steps: StepCounts
  readonly #wantsFailure: readonly boolean[]
  /** Broken and settled nodes whose dependents have not been told: node, cause + 1 or 0 when it settled. */
  readonly #untold: number[] = []

  constructor(plan: Plan, changes: StateChanges) {
    this.hostCount = plan.hosts.length
    this.#plan = plan
    this.#edges = tableOfEdges(plan)
    this.#changes = changes
    ;({ node: this.#node, pending: this.#pending } = layOut(plan, this.#edges.needs))
    this.#steps = new StepCounts(plan.steps)
    this.#wantsFailure = plan.steps.map(wantsFailure)
    this.remaining = plan.steps.reduce((sum, step) => sum + step.targets.length, 0)
  }

  /** The node waits for one thing more, until `open`; before `start` only. */
  hold(node: number): void {
    this.#pending[node]! += 1
  }

  /** What `hold` made it wait for is there. */
  open(node: number): void {
    this.#satisfy(node)
    this.#tellDependents()
  }

  /** Tells the nodes that need nothing, host by host, so that a host's connection is used by all of them at once. */
  start(): void {
    const first = this.#plan.order.filter(step => this.#edges.needs[step]!.length === 0)
    for (let host = 0; host < this.hostCount; host += 1) {
      for (const step of first) {
        const node = step * this.hostCount + host
        if (this.#pending[node] === 0) this.#arrive(node)
      }
    }
    this.#tellDependents()
  }

  stepOf(node: number): number {
    return Math.floor(node / this.hostCount)
  }

  hostOf(node: number): number {
    return node % this.hostCount
  }

  isReady(node: number): boolean {
    return (this.#node[node]! & PHASE) === READY
  }

  isRunning(node: number): boolean {
    return (this.#node[node]! & PHASE) === RUNNING
  }

  /** Whether the step runs on the host. */
  isReal(node: number): boolean {
    return isReal(this.#node[node]!)
  }

  /** All running nodes, or the host's. */
  running(host?: number): number[] {
    const found: number[] = []
    const apart = host === undefined ? 1 : this.hostCount
    for (let at = host ?? 0; at < this.#node.length; at += apart) if (this.isRunning(at)) found.push(at)
    return found
  }

  /** The node was sent off. */
  run(node: number): void {
    this.#node[node] = (this.#node[node]! & ~PHASE) | RUNNING | SENT
  }

  /** A running node is to be sent again. */
  again(node: number): void {
    this.#node[node] = (this.#node[node]! & ~PHASE) | READY
  }

  /** A running node ended with `outcome`: what needs it becomes ready or blocked. */
  end(node: number, outcome: Outcome): void {
    const goesOn = this.#plan.steps[this.stepOf(node)]!.onFailure === 'continue' && outcome !== 'cancelled'
    this.#endNode(node, OUTCOMES.indexOf(outcome), satisfies(outcome) || goesOn ? undefined : node)
    this.#tellDependents()
  }

  /** Blocks what has not started on a host that cannot be reached. */
  loseHost(host: number, cause: number | undefined): void {
    const nodes = this.#plan.order.map(step => step * this.hostCount + host)
    for (const node of nodes) if (this.isReal(node)) this.#block(node, cause)
    this.#tellDependents()
  }

  /** Ends a node that has not started, and never will. */
  block(node: number, cause: number | undefined): void {
    this.#block(node, cause)
    this.#tellDependents()
  }

  /** Blocks every node that has not started, but cleanup: that goes on as far as its needs let it. */
  stop(cause: number): void {
    for (const step of this.#plan.steps) {
      if (isCleanup(step)) continue
      for (const host of step.targets) this.#block(step.index * this.hostCount + host, cause)
    }
    this.#tellDependents()
  }

  /** Ends every node that does not run, cleanup too. */
  cancel(): void {
    for (let node = 0; node < this.#node.length; node += 1) {
      const byte = this.#node[node]!
      if ((byte & PHASE) > READY || !isReal(byte)) continue
      this.#endNode(node, CANCELLED, undefined)
      this.#changes.ended(node, 'cancelled', undefined)
    }
    this.#untold.length = 0
  }

  #endNode(node: number, outcome: number, cause: number | undefined): void {
    const byte = this.#node[node]!
    this.#node[node] = (byte & ~PHASE) | (ENDED + outcome)
    if (isReal(byte)) this.remaining -= 1
    if ((byte & PASSAGE) === 0) this.#steps.ended(this.stepOf(node), outcome > SKIPPED, cause)
    if (cause !== undefined) this.#untold.push(node, cause + 1)
    if (this.#pending[node] === 0) this.#untold.push(node, 0)
  }

  /** Walks on from what broke and settled; a loop, since a chain may be as long as the playbook. */
  #tellDependents(): void {
    for (let at = 0; at < this.#untold.length; at += 2) {
      const told = this.#untold[at + 1]!
      if (told === 0) this.#tellSettled(this.#untold[at]!)
      else this.#tellBroken(this.#untold[at]!, told - 1)
    }
    this.#untold.length = 0
  }

  #tellBroken(node: number, cause: number): void {
    const step = this.stepOf(node)
    const { host: byHost, all } = this.#edges
    for (const dependent of byHost.success[step]!)
      this.#block(dependent * this.hostCount + this.hostOf(node), cause)
    if (this.#isPassage(node) || !this.#steps.breaks(step)) return
    const first = this.#steps.causeOf(step)
    for (const dependent of all.success[step]!) this.#eachHost(dependent, each => this.#block(each, first))
    this.#eachHost(step, each => this.#isPassage(each) && this.#block(each, first))
  }

  #tellSettled(node: number): void {
    const step = this.stepOf(node)
    const host = this.hostOf(node)
    const { failed, any } = this.#edges.host
    if (this.#endedBadly(node, step))
      for (const dependent of failed[step]!) this.#node[dependent * this.hostCount + host]! |= FAILURE_SEEN
    for (const dependent of any[step]!) this.#satisfy(dependent * this.hostCount + host)
    if (!this.#isPassage(node) && this.#steps.settled(step)) this.#tellStepSettled(step)
  }

  #tellStepSettled(step: number): void {
    const { all } = this.#edges
    if (this.#steps.anyBad(step))
      for (const dependent of all.failed[step]!)
        this.#eachHost(dependent, each => {
          this.#node[each]! |= FAILURE_SEEN
        })
    for (const dependent of all.any[step]!) this.#eachHost(dependent, each => this.#satisfy(each))
    this.#eachHost(step, each => this.#isPassage(each) && this.#satisfy(each))
  }

  #isPassage(node: number): boolean {
    return (this.#node[node]! & PASSAGE) !== 0
  }

  #endedBadly(node: number, step: number): boolean {
    const passedOn = this.#isPassage(node) && this.#steps.anyBad(step)
    return passedOn || (this.#node[node]! & PHASE) > ENDED + SKIPPED
  }

  #eachHost(step: number, act: (node: number) => void): void {
    const first = step * this.hostCount
    for (let node = first; node < first + this.hostCount; node += 1) act(node)
  }

  #satisfy(node: number): void {
    this.#pending[node]! -= 1
    if (this.#pending[node] === 0) this.#arrive(node)
  }

  /** All that the node waits for has settled. */
  #arrive(node: number): void {
    const byte = this.#node[node]!
    if ((byte & PHASE) !== WAITING) this.#untold.push(node, 0)
    else if (!isReal(byte)) this.#endNode(node, OK, undefined)
    else if (this.#wantsFailure[this.stepOf(node)] && (byte & FAILURE_SEEN) === 0) {
      this.#endNode(node, SKIPPED, undefined)
      this.#changes.ended(node, 'skipped', undefined)
    } else {
      this.#node[node] = byte | READY
      this.#changes.ready(node)
    }
  }

  #block(node: number, cause: number | undefined): void {
    const byte = this.#node[node]!
    if ((byte & PHASE) > READY || (byte & SENT) !== 0) return
    this.#endNode(node, BLOCKED, cause ?? node)
    if (isReal(byte)) this.#changes.ended(node, 'blocked', cause)
  }
}
