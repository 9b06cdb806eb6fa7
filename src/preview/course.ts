import { Failures, isHeldAgainst } from '../engine/failures.ts'
import { Rollings } from '../engine/rolling.ts'
import { RunState } from '../engine/state.ts'
import type { StateChanges } from '../engine/state-changes.ts'
import type { NodeName } from '../model/foresight.ts'
import type { Outcome } from '../model/outcome.ts'
import type { Plan } from '../model/plan.ts'
import type { Verdict } from '../model/preview.ts'

/** How a run would go if nodes ended as their verdicts say: the engine's own state, without time. */
export class Course {
  readonly #plan: Plan
  readonly #state: RunState
  readonly #failures: Failures
  readonly #rollings: Rollings
  /** Nodes whose end ends the whole run. */
  readonly stoppers: NodeName[] = []
  /** Batches that begin: nobody waits for their pause. */
  readonly #batches: (() => void)[] = []

  constructor(plan: Plan, changes: StateChanges) {
    this.#plan = plan
    this.#state = new RunState(plan, changes)
    this.#failures = new Failures(plan)
    this.#rollings = new Rollings(plan, this.#state, (_rolling, _ms, then) => void this.#batches.push(then))
  }

  start(): void {
    this.#state.start()
  }

  /** A node that is ready ends so. */
  end({ step, host }: NodeName, outcome: Outcome): void {
    const node = step * this.#plan.hosts.length + host
    this.#state.run(node)
    const reason = this.#failures.reasonToStop(step, host, outcome)
    this.#state.end(node, outcome)
    this.#rollings.ended(step, host, isHeldAgainst(this.#plan, step, outcome))
    if (reason === undefined) return
    this.stoppers.push({ step, host })
    this.#rollings.close(node)
    this.#state.stop(node)
  }

  /** What the state has told of a node that never runs is to be said here again, once it is written down. */
  neverRan({ step, host }: NodeName): void {
    this.#rollings.ended(step, host, false)
  }

  loseHost(host: number): void {
    this.#state.loseHost(host, undefined)
  }

  /** Begins the batches whose turn it is; false if there are none. */
  beginBatches(): boolean {
    if (this.#rollings.due) this.#rollings.advance()
    const begun = this.#batches.splice(0)
    for (const begin of begun) begin()
    return begun.length > 0 || this.#rollings.due
  }

  nameOf(node: number): NodeName {
    return { step: this.#state.stepOf(node), host: this.#state.hostOf(node) }
  }
}

/** How a node with that verdict counts for those that need it. */
export function outcomeOf(verdict: Verdict): Outcome {
  switch (verdict.kind) {
    case 'change':
      return 'changed'
    case 'skip':
      return 'skipped'
    case 'no change':
      return 'ok'
    case 'unknown':
      return verdict.fails === true ? 'failed' : 'ok'
  }
}
