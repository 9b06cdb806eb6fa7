import type { Failure } from '../../model/errors.ts'
import type { RunEvent, StopReason } from '../../model/event.ts'
import { OUTCOMES, type Outcome } from '../../model/outcome.ts'
import type { Plan } from '../../model/plan.ts'
import { delegateOf } from '../carrier.ts'
import { isTrouble } from '../outcome-style.ts'
import { BatchWatch, type CutRolling } from './batches.ts'
import { type FailureGroup, FailureGroups } from './failure-groups.ts'
import { CleanupWatch, type MissedCleanup } from './missed-cleanup.ts'
import { nodesByHost } from './node-count.ts'
import { isOwnChoice } from './own-choice.ts'

export interface RankedFailure extends FailureGroup {
  /** How many nodes never ran because of these. */
  readonly blocked: number
}

/**
 * Counts a run's outcomes by host and keeps its failures: all that a recap needs, in bounded memory. Hidden steps
 * count only where they did not do: nobody asked for them. Nor does what an included file skips by its own choice.
 */
export class RunTally {
  readonly plan: Plan
  /** The hosts that have something to do. */
  readonly hosts: readonly number[]
  readonly #counts: Uint32Array
  readonly #failures: FailureGroups
  readonly #batches: BatchWatch
  readonly #cleanup: CleanupWatch
  readonly #notStarted: { nodes: number; cause?: NotStarted['cause'] } = { nodes: 0 }
  readonly #unlocked = new Map<string, readonly number[]>()
  readonly #blockedBy = new Map<number, number>()
  /** For each node that was tried again, the last attempt that did not do. */
  readonly #attempts = new Map<number, number>()
  #retries = 0
  #earlier = 0
  #finished = 0
  #startedAt = 0
  #endedAt = 0
  #stopped: StopReason | undefined
  #journalFailure: Failure | undefined
  readonly #cancelled = { ended: 0, waiting: 0 }

  /** @param withOutput whether failures are to keep the output that came with them */
  constructor(plan: Plan, withOutput = true) {
    this.plan = plan
    this.hosts = [...nodesByHost(plan).entries()].flatMap(([host, nodes]) => (nodes > 0 ? [host] : []))
    this.#counts = new Uint32Array(plan.hosts.length * OUTCOMES.length)
    this.#failures = new FailureGroups(plan, withOutput)
    this.#batches = new BatchWatch(plan)
    this.#cleanup = new CleanupWatch(plan)
  }

  add(event: RunEvent): void {
    this.#batches.add(event)
    this.#cleanup.add(event)
    switch (event.kind) {
      case 'run_started':
        this.#startedAt = event.at
        return
      case 'host_unreachable':
        this.#failures.addUnreachable(event.host, event.failure)
        return
      case 'lock_missed':
        this.#unlocked.set(event.why, [...(this.#unlocked.get(event.why) ?? []), event.host])
        return
      case 'node_retried':
        this.#retries += 1
        this.#attempts.set(this.#node(event), event.attempt)
        return
      case 'node_finished':
        this.#finish(event)
        return
      case 'run_finished':
        this.#endedAt = event.at
        this.#stopped = event.stopped
        return
      case 'journal_failed':
        this.#journalFailure ??= event.failure
        return
      case 'host_connected':
      case 'lock_taken':
      case 'lock_waiting':
      case 'node_sent':
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
    for (const host of this.hosts) sum += this.count(host, outcome)
    return sum
  }

  /** The worst that befell a host; `ok` covers what changed or was skipped, and hosts with nothing to do. */
  verdict(host: number): Outcome {
    return VERDICTS.find(outcome => this.count(host, outcome) > 0) ?? 'ok'
  }

  /** How many times a node was tried again. */
  get retries(): number {
    return this.#retries
  }

  /** How many nodes had ended well in an earlier part of the run. */
  get earlier(): number {
    return this.#earlier
  }

  get finished(): number {
    return this.#finished
  }

  /** Wall time in ms; meaningful after `run_finished`. */
  get durationMs(): number {
    return this.#endedAt - this.#startedAt
  }

  get stopped(): StopReason | undefined {
    return this.#stopped
  }

  /** Why the journal cannot be written any more. */
  get journalFailure(): Failure | undefined {
    return this.#journalFailure
  }

  /** Nodes that were cancelled: while they ran, and before. */
  get cancelled(): { readonly ended: number; readonly waiting: number } {
    return this.#cancelled
  }

  /** What the end of the run kept from starting, but for what a need blocked. */
  get notStarted(): NotStarted {
    return this.#notStarted
  }

  /** Rolling groups that did not come to all of their hosts, when the run is over. */
  cutRollings(): readonly CutRolling[] {
    return this.#batches.cut()
  }

  /** Hosts that had no lock, by the reason. */
  get unlocked(): ReadonlyMap<string, readonly number[]> {
    return this.#unlocked
  }

  /** What an interrupted run did not put in order. */
  missedCleanup(): readonly MissedCleanup[] {
    return this.#cleanup.all()
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
    this.#finished += 1
    if (event.result?.earlier && !this.plan.steps[event.step]?.hidden) this.#earlier += 1
    const node = this.#node(event)
    const attempts = (this.#attempts.get(node) ?? 0) + 1
    this.#attempts.delete(node)
    if (event.cause !== undefined && event.stopped) {
      this.#notStarted.cause ??= event.cause
      if (!this.plan.steps[event.step]?.hidden) this.#notStarted.nodes += 1
    } else if (event.cause !== undefined) {
      const cause = this.#node(event.cause)
      this.#blockedBy.set(cause, (this.#blockedBy.get(cause) ?? 0) + 1)
    }
    const { step, host, outcome } = event
    if (!this.#isTold(step, outcome)) return
    if (outcome === 'cancelled') this.#cancelled[event.result?.durationMs ? 'ended' : 'waiting'] += 1
    const slot = host * OUTCOMES.length + OUTCOMES.indexOf(outcome)
    this.#counts[slot] = (this.#counts[slot] ?? 0) + 1
    // An unreachable host has been told of; that another one was to act for this host has not.
    if (outcome === 'unreachable' ? delegateOf(this.plan, step, host) !== undefined : isTrouble(outcome))
      this.#failures.addNode(event, attempts)
  }

  #isTold(step: number, outcome: Outcome): boolean {
    const { plan } = this
    const entry = plan.steps[step]
    if (entry === undefined || (entry.hidden && !isTrouble(outcome))) return false
    return outcome !== 'skipped' || !isOwnChoice(entry, plan)
  }

  #node({ step, host }: { readonly step: number; readonly host: number }): number {
    return step * this.plan.hosts.length + host
  }
}

export interface NotStarted {
  readonly nodes: number
  /** The node after which the run was ended. */
  readonly cause?: { readonly step: number; readonly host: number } | undefined
}

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
