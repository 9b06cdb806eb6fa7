import { satisfies } from '../model/outcome.ts'
import type { Edge, Plan } from '../model/plan.ts'
import type { NodeLog, NodeRecord } from './node-log.ts'

export type UnknownChoice = 'rerun' | 'skip'

/** A node of which nobody knows how it ended: it was sent, and then drover or the link was gone. */
export interface UnknownNode {
  readonly step: number
  readonly host: number
}

/** What of a plan an earlier part of its run has done. */
export class Past {
  readonly #plan: Plan
  readonly #log: NodeLog
  /** Whether a node is done, as far as somebody has asked. */
  readonly #done = new Map<number, boolean>()

  /** @param plan the one that goes on: its steps and hosts are found by their names */
  constructor(plan: Plan, log: NodeLog) {
    this.#plan = plan
    this.#log = log
  }

  /** What is known of a node; of a `once` step, what is known of it on whichever host it ran. */
  of(step: number, host: number): NodeRecord | undefined {
    const { id, once } = this.#plan.steps[step]!
    const own = this.#log.get(id, this.#plan.hosts[host]!.name)
    if (own !== undefined || !once) return own
    const others = [...this.#log.of(id).values()]
    return others.find(isFinished) ?? others.find(isUnknown)
  }

  /**
   * Whether a node has done what it is there for, so that it does not run again. What cleans up after others does so
   * again when one of them runs again.
   */
  isDone(step: number, host: number): boolean {
    const node = step * this.#plan.hosts.length + host
    const known = this.#done.get(node)
    if (known !== undefined) return known
    // Whoever asks on the way round a circle, which there is none of, is told no.
    this.#done.set(node, false)
    const record = this.of(step, host)
    const done = record !== undefined && isFinished(record) && !this.#cleansUpAgain(step, host)
    this.#done.set(node, done)
    return done
  }

  unknown(): readonly UnknownNode[] {
    return this.#plan.steps.flatMap(({ index, targets }) =>
      [...targets].flatMap(host => {
        const record = this.of(index, host)
        return record !== undefined && isUnknown(record) ? [{ step: index, host }] : []
      }),
    )
  }

  /** Unknown ones that the plan does not have any more, by the names of step and host. */
  gone(): readonly (readonly [step: string, host: string])[] {
    const steps = new Map(this.#plan.steps.map(step => [step.id, step]))
    const hosts = new Map(this.#plan.hosts.map(({ name }, index) => [name, index]))
    return [...this.#log].flatMap(([id, host, record]) => {
      if (!isUnknown(record)) return []
      const step = steps.get(id)
      const isThere = step !== undefined && (step.once || step.targets.includes(hosts.get(host) ?? -1))
      return isThere ? [] : [[id, host] as const]
    })
  }

  /** How many nodes there are still to do. */
  left(): number {
    return this.#plan.steps.reduce(
      (sum, { index, targets, hidden }) =>
        hidden ? sum : sum + targets.reduce((n, host) => (this.isDone(index, host) ? n : n + 1), 0),
      0,
    )
  }

  #cleansUpAgain(step: number, host: number): boolean {
    return this.#plan.steps[step]!.edges.some(edge => edge.if !== 'success' && !this.#areDone(edge, host))
  }

  #areDone({ from, on }: Edge, host: number): boolean {
    const { targets, hidden } = this.#plan.steps[from]!
    if (hidden) return true
    const isHere = on === 'host' && targets.includes(host)
    return isHere ? this.isDone(from, host) : targets.every(each => this.isDone(from, each))
  }
}

export function isFinished({ state, outcome }: NodeRecord): boolean {
  return state === 'ended' && outcome !== undefined && satisfies(outcome)
}

/** Whether a node was skipped without anything having been sent: what decided that may be another thing by now. */
export function wasPassedOver({ outcome, action }: NodeRecord): boolean {
  return outcome === 'skipped' && action === undefined
}

export function isUnknown({ state, outcome }: NodeRecord): boolean {
  return state === 'sent' || (state === 'ended' && outcome === 'unknown')
}
