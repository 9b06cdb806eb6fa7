import { OUTCOMES, type Outcome, satisfies } from '../model/outcome.ts'
import type { Plan } from '../model/plan.ts'
import { type EdgeTable, tableOfEdges } from './edges.ts'

/** What a change of state leads to, told at once and in order. A listener must not change the state from within. */
export interface StateChanges {
  /** Everything that the node needs is satisfied. */
  ready(node: number): void
  /** The node ended without running: `blocked` by `cause`, the node that failed first, or `cancelled`. */
  ended(node: number, outcome: 'blocked' | 'cancelled', cause: number | undefined): void
}

/** A node's byte: one of these, or ENDED + the index of its outcome. */
const WAITING = 0
/** The step does not run on this host; its node there only passes on what the step's needs and other hosts gave. */
const PASSAGE = 1
const READY = 2
const RUNNING = 3
const ENDED = 4

const OK = OUTCOMES.indexOf('ok')
const BLOCKED = OUTCOMES.indexOf('blocked')
const CANCELLED = OUTCOMES.indexOf('cancelled')

/** Whether edges to all hosts of a step can still turn out either way. */
const OPEN = 0
const HELD = 1
const BROKEN = 2

/**
 * The state of a run: steps × hosts in typed arrays, three bytes a node, edges between steps only. Every step has a
 * node on every host of the plan; where it does not run, that node is a passage, which ends by itself once what the
 * step needs on that host and all of the step's real nodes have ended well (SEMANTICS: "Order"). It knows nothing of
 * time, permits or processes.
 */
export class RunState {
  readonly hostCount: number
  /** Real nodes that have not ended. */
  remaining = 0
  readonly #plan: Plan
  readonly #edges: EdgeTable
  readonly #changes: StateChanges
  readonly #node: Uint8Array
  /** How many needs of the node are not satisfied yet. */
  readonly #pending: Uint16Array
  readonly #stepRemaining: Uint32Array
  readonly #stepBroken: Uint32Array
  readonly #stepVerdict: Uint8Array
  /** The node that failed first among the causes of the step's broken nodes. */
  readonly #stepCause: Uint32Array
  readonly #hostRemaining: Uint32Array
  /** Ended nodes whose dependents have not been told: node, cause + 1 or 0 when it passed. */
  readonly #untold: number[] = []

  constructor(plan: Plan, changes: StateChanges) {
    const steps = plan.steps.length
    this.hostCount = plan.hosts.length
    this.#plan = plan
    this.#edges = tableOfEdges(plan)
    this.#changes = changes
    this.#node = new Uint8Array(steps * this.hostCount).fill(PASSAGE)
    this.#pending = new Uint16Array(steps * this.hostCount)
    this.#stepRemaining = Uint32Array.from(plan.steps, step => step.targets.length)
    this.#stepBroken = new Uint32Array(steps)
    this.#stepVerdict = new Uint8Array(steps)
    this.#stepCause = new Uint32Array(steps)
    this.#hostRemaining = new Uint32Array(this.hostCount)
    for (const step of plan.steps) this.#place(step.index, step.targets)
  }

  #place(step: number, targets: Uint32Array): void {
    const first = step * this.hostCount
    const needs = this.#edges.needs[step]!.length
    this.#pending.fill(needs + 1, first, first + this.hostCount)
    for (const host of targets) {
      this.#node[first + host] = WAITING
      this.#pending[first + host] = needs
      this.#hostRemaining[host]! += 1
    }
    this.remaining += targets.length
  }

  /** Tells the nodes that need nothing, host by host, so that a host's connection is used by all of them at once. */
  start(): void {
    const first = this.#plan.order.filter(step => this.#edges.needs[step]!.length === 0)
    for (let host = 0; host < this.hostCount; host += 1) {
      for (const step of first) this.#makeReady(step * this.hostCount + host)
    }
  }

  stepOf(node: number): number {
    return Math.floor(node / this.hostCount)
  }

  hostOf(node: number): number {
    return node % this.hostCount
  }

  isReady(node: number): boolean {
    return this.#node[node] === READY
  }

  isRunning(node: number): boolean {
    return this.#node[node] === RUNNING
  }

  /** How the node ended; undefined before that, and for a step that does not run on the host. */
  outcomeOf(node: number): Outcome | undefined {
    return OUTCOMES[this.#node[node]! - ENDED]
  }

  /** Real nodes of the host that have not ended. */
  remainingOn(host: number): number {
    return this.#hostRemaining[host]!
  }

  /** Running nodes of a host, by step. */
  runningOn(host: number): number[] {
    const nodes = this.#plan.steps.map(step => step.index * this.hostCount + host)
    return nodes.filter(node => this.isRunning(node))
  }

  /** The node was sent off. */
  run(node: number): void {
    this.#node[node] = RUNNING
  }

  /** A running node ended with `outcome`: what needs it becomes ready or blocked. */
  end(node: number, outcome: Outcome): void {
    const goesOn = this.#plan.steps[this.stepOf(node)]!.onFailure === 'continue' && outcome !== 'cancelled'
    this.#endNode(node, OUTCOMES.indexOf(outcome), satisfies(outcome) || goesOn ? 0 : node + 1)
    this.#tellDependents()
  }

  /** Blocks what has not started on a host that cannot be reached. */
  loseHost(host: number, cause: number | undefined): void {
    for (const step of this.#plan.order) this.#block(step * this.hostCount + host, cause)
    this.#tellDependents()
  }

  /** Ends every node that has not started; those that run go on. */
  stop(outcome: 'blocked' | 'cancelled', cause: number | undefined): void {
    for (let node = 0; node < this.#node.length; node += 1) {
      const phase = this.#node[node]
      if (phase !== WAITING && phase !== READY) continue
      this.#endNode(node, outcome === 'blocked' ? BLOCKED : CANCELLED, (cause ?? node) + 1)
      this.#changes.ended(node, outcome, cause)
    }
    this.#untold.length = 0
  }

  #endNode(node: number, outcome: number, causeOrPassed: number): void {
    if (this.#node[node] !== PASSAGE) {
      this.remaining -= 1
      this.#hostRemaining[this.hostOf(node)]! -= 1
      this.#stepRemaining[this.stepOf(node)]! -= 1
      if (causeOrPassed !== 0) this.#countBroken(this.stepOf(node), causeOrPassed - 1)
    }
    this.#node[node] = ENDED + outcome
    this.#untold.push(node, causeOrPassed)
  }

  #countBroken(step: number, cause: number): void {
    if (this.#stepBroken[step] === 0) this.#stepCause[step] = cause
    this.#stepBroken[step]! += 1
  }

  /** Walks on from the ended nodes; a loop, since a chain may be as long as the playbook. */
  #tellDependents(): void {
    for (let at = 0; at < this.#untold.length; at += 2) {
      const node = this.#untold[at]!
      const causeOrPassed = this.#untold[at + 1]!
      const host = this.hostOf(node)
      const step = this.stepOf(node)
      for (const dependent of this.#edges.hostDependents[step]!) {
        const there = dependent * this.hostCount + host
        if (causeOrPassed === 0) this.#satisfy(there)
        else this.#block(there, causeOrPassed - 1)
      }
      this.#judgeStep(step)
    }
    this.#untold.length = 0
  }

  /** Settles the edges to all hosts of a step, as soon as its nodes leave no choice. */
  #judgeStep(step: number): void {
    if (this.#stepVerdict[step] !== OPEN) return
    const broken = this.#stepBroken[step]! > this.#plan.steps[step]!.tolerated
    if (!broken && this.#stepRemaining[step]! > 0) return
    this.#stepVerdict[step] = broken ? BROKEN : HELD
    for (const dependent of this.#edges.allDependents[step]!) this.#tellStep(dependent, step, broken, false)
    if (this.#plan.steps[step]!.targets.length < this.hostCount) this.#tellStep(step, step, broken, true)
  }

  #tellStep(dependent: number, judged: number, broken: boolean, passagesOnly: boolean): void {
    const first = dependent * this.hostCount
    for (let node = first; node < first + this.hostCount; node += 1) {
      if (passagesOnly && this.#node[node] !== PASSAGE) continue
      if (broken) this.#block(node, this.#stepCause[judged])
      else this.#satisfy(node)
    }
  }

  #satisfy(node: number): void {
    this.#pending[node]! -= 1
    if (this.#pending[node] !== 0) return
    if (this.#node[node] === PASSAGE) this.#endNode(node, OK, 0)
    else this.#makeReady(node)
  }

  #makeReady(node: number): void {
    if (this.#node[node] !== WAITING) return
    this.#node[node] = READY
    this.#changes.ready(node)
  }

  #block(node: number, cause: number | undefined): void {
    const phase = this.#node[node]!
    if (phase >= RUNNING) return
    this.#endNode(node, BLOCKED, (cause ?? node) + 1)
    if (phase !== PASSAGE) this.#changes.ended(node, 'blocked', cause)
  }
}
