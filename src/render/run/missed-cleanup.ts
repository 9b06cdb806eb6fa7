import type { RunEvent } from '../../model/event.ts'
import type { Plan } from '../../model/plan.ts'

export interface MissedCleanup {
  readonly step: number
  readonly hosts: readonly number[]
}

/**
 * Cleanup (what runs though something failed) that an interrupted run owes: it was not started where something of the
 * same group had been. Whoever pressed Ctrl-C has to know, for a server that was taken out of service stays out.
 */
export class CleanupWatch {
  readonly #plan: Plan
  /** Of steps: whether it is cleanup. */
  readonly #isCleanup: readonly boolean[]
  readonly #groups: ReadonlySet<number | undefined>
  /** Hosts on which something of a group that has cleanup was started. */
  readonly #begun = new Map<number | undefined, Set<number>>()
  readonly #missed = new Map<number, number[]>()

  constructor(plan: Plan) {
    this.#plan = plan
    this.#isCleanup = plan.steps.map(step => !step.hidden && step.edges.some(edge => edge.if !== 'success'))
    this.#groups = new Set(plan.steps.filter(({ index }) => this.#isCleanup[index]).map(({ group }) => group))
  }

  add(event: RunEvent): void {
    if (event.kind === 'node_started') this.#start(event)
    else if (event.kind === 'node_finished' && event.outcome === 'cancelled') this.#cancel(event)
  }

  all(): readonly MissedCleanup[] {
    return [...this.#missed].map(([step, hosts]) => ({ step, hosts: hosts.toSorted((a, b) => a - b) }))
  }

  #start({ step, host }: { readonly step: number; readonly host: number }): void {
    const group = this.#plan.steps[step]?.group
    if (!this.#groups.has(group)) return
    const hosts = this.#begun.get(group) ?? new Set()
    this.#begun.set(group, hosts.add(host))
  }

  #cancel({ step, host }: { readonly step: number; readonly host: number }): void {
    const group = this.#plan.steps[step]?.group
    if (!this.#isCleanup[step] || !this.#begun.get(group)?.has(host)) return
    const missed = this.#missed.get(step)
    if (missed === undefined) this.#missed.set(step, [host])
    else missed.push(host)
  }
}
