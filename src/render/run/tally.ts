import type { RunEvent } from '../../model/event.ts'
import { OUTCOMES, type Outcome } from '../../model/outcome.ts'
import type { Plan } from '../../model/plan.ts'
import { type FailureGroup, FailureGroups } from './failure-groups.ts'

export interface RankedFailure extends FailureGroup {
  /** How many nodes never ran because of these. */
  readonly blocked: number
}

/** Counts a run's outcomes by host and keeps its failures: all that a recap needs, in bounded memory. */
export class RunTally {
  readonly plan: Plan
  readonly #counts: Uint32Array
  readonly #failures: FailureGroups
  readonly #blockedBy = new Map<number, number>()
  #finished = 0
  #startedAt = 0
  #endedAt = 0
  #stopped: Stopped | undefined

  /** @param withOutput whether failures are to keep the output that came with them */
  constructor(plan: Plan, withOutput = true) {
    this.plan = plan
    this.#counts = new Uint32Array(plan.hosts.length * OUTCOMES.length)
    this.#failures = new FailureGroups(plan, withOutput)
  }

  add(event: RunEvent): void {
    switch (event.kind) {
      case 'run_started':
        this.#startedAt = event.at
        return
      case 'host_unreachable':
        this.#failures.addUnreachable(event.host, event.failure)
        return
      case 'node_finished':
        this.#finish(event)
        return
      case 'run_finished':
        this.#endedAt = event.at
        this.#stopped = event.stopped
        return
      case 'host_connected':
      case 'node_started':
      case 'node_output':
        return
    }
  }

  /** How many of a host's nodes ended so. */
  count(host: number, outcome: Outcome): number {
    return this.#counts[host * OUTCOMES.length + OUTCOMES.indexOf(outcome)] ?? 0
  }

  /** Over all hosts. */
  total(outcome: Outcome): number {
    let sum = 0
    for (let host = 0; host < this.plan.hosts.length; host++) sum += this.count(host, outcome)
    return sum
  }

  /** The worst that befell a host; `ok` covers what changed or was skipped, and hosts with nothing to do. */
  verdict(host: number): Outcome {
    return VERDICTS.find(outcome => this.count(host, outcome) > 0) ?? 'ok'
  }

  get finished(): number {
    return this.#finished
  }

  /** Wall time in ms; meaningful after `run_finished`. */
  get durationMs(): number {
    return this.#endedAt - this.#startedAt
  }

  get stopped(): Stopped | undefined {
    return this.#stopped
  }

  /** Alike failures together; those that others were blocked by first, then in the order in which they came. */
  failures(): readonly RankedFailure[] {
    const left = new Map(this.#blockedBy)
    const ranked = this.#failures
      .all()
      .toSorted((a, b) => Number(a.step === undefined) - Number(b.step === undefined))
      .map(group => ({ ...group, blocked: takeBlocked(group, left, this.plan.hosts.length) }))
    return ranked.toSorted((a, b) => Number(a.blocked === 0) - Number(b.blocked === 0))
  }

  #finish(event: RunEvent & { kind: 'node_finished' }): void {
    const slot = event.host * OUTCOMES.length + OUTCOMES.indexOf(event.outcome)
    this.#counts[slot] = (this.#counts[slot] ?? 0) + 1
    this.#finished += 1
    if (event.cause !== undefined) {
      const node = event.cause.step * this.plan.hosts.length + event.cause.host
      this.#blockedBy.set(node, (this.#blockedBy.get(node) ?? 0) + 1)
    }
    if (event.outcome === 'failed' || event.outcome === 'unknown' || event.outcome === 'refused')
      this.#failures.addNode(event.step, event.host, event.outcome, event.result)
  }
}

export type Stopped = 'interrupted' | 'on_failure' | 'max_failures'

/** Worst first. */
const VERDICTS: readonly Outcome[] = [
  'failed',
  'unreachable',
  'unknown',
  'refused',
  'blocked',
  'cancelled',
  'ok',
]

/** Sums what a group's nodes blocked and takes it out of `left`; an unreachable host takes whatever is left of it. */
function takeBlocked(group: FailureGroup, left: Map<number, number>, hosts: number): number {
  const members = new Set(group.hosts)
  let sum = 0
  for (const [node, blocked] of left) {
    const ours = group.step === undefined || group.step === Math.floor(node / hosts)
    if (!ours || !members.has(node % hosts)) continue
    sum += blocked
    left.delete(node)
  }
  return sum
}
