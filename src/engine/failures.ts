import type { StopReason } from '../model/event.ts'
import { type Outcome, satisfies } from '../model/outcome.ts'
import type { Plan } from '../model/plan.ts'

/** Whether a node's end counts against its host (SEMANTICS: "Failure"). */
export function isHeldAgainst(plan: Plan, step: number, outcome: Outcome): boolean {
  if (satisfies(outcome) || outcome === 'cancelled' || outcome === 'blocked') return false
  return plan.steps[step]?.onFailure !== 'continue' || outcome === 'unreachable'
}

/** Counts bad hosts, and tells when they are too many for the playbook. */
export class Failures {
  readonly #plan: Plan
  readonly #badHosts = new Set<number>()

  constructor(plan: Plan) {
    this.#plan = plan
  }

  /** A node that ran has ended; why nothing more may start, if so. */
  reasonToStop(step: number, host: number, outcome: Outcome): StopReason | undefined {
    if (satisfies(outcome) || outcome === 'cancelled') return undefined
    if (this.#plan.steps[step]?.onFailure === 'stop') return 'on_failure'
    if (!isHeldAgainst(this.#plan, step, outcome)) return undefined
    this.#badHosts.add(host)
    const { maxFailures } = this.#plan
    return maxFailures !== undefined && this.#badHosts.size > maxFailures ? 'max_failures' : undefined
  }
}
