import type { RunEvent } from '../model/event.ts'
import { type NodeResult, type Outcome, satisfies } from '../model/outcome.ts'
import type { Plan } from '../model/plan.ts'
import type { Replayed } from './replay.ts'

/** What a journal knows of a node. */
export interface NodeRecord {
  /**
   * `sent`: it was, and nothing is known of its end. `between`: an attempt ended, and the next one had not begun.
   * `ended`: see `outcome`.
   */
  readonly state: 'sent' | 'between' | 'ended'
  readonly outcome?: Outcome
  /** Its output is only counted. */
  readonly result?: NodeResult
  /** The digest of the action that was sent last. */
  readonly action?: string
  /** The number of the line that tells so: output of the same attempt comes after it. */
  readonly sentAt?: number
}

/** The last word on every node of a run, by the names of its step and host: another plan may have the same ones. */
export class NodeLog {
  readonly #steps = new Map<string, Map<string, NodeRecord>>()
  /** The line with which the last part of the run began. */
  #begun = 0

  /** @param line the number of the journal's line that said so */
  add(replayed: Replayed, line: number, plan: Plan): void {
    switch (replayed.kind) {
      case 'sent':
        this.#set(replayed, plan, { state: 'sent', action: replayed.action, sentAt: line })
        break
      case 'event':
        this.#event(replayed.event, plan)
        break
      case 'begun':
        this.#begun = line
        break
      case 'nothing':
    }
  }

  get(step: string, host: string): NodeRecord | undefined {
    return this.#steps.get(step)?.get(host)
  }

  /** The hosts on which a step is known, with what is. */
  of(step: string): ReadonlyMap<string, NodeRecord> {
    return this.#steps.get(step) ?? NONE
  }

  *[Symbol.iterator](): Generator<readonly [step: string, host: string, record: NodeRecord]> {
    for (const [step, hosts] of this.#steps) for (const [host, record] of hosts) yield [step, host, record]
  }

  #event(event: RunEvent, plan: Plan): void {
    if (event.kind === 'node_retried') {
      const { action, sentAt } = this.#find(event, plan) ?? {}
      this.#set(event, plan, withoutAbsent({ state: 'between', action, sentAt }))
    } else if (event.kind === 'node_finished') {
      const known = this.#find(event, plan)
      const { outcome, result } = event
      if (known !== undefined && NEVER_RAN.has(outcome) && this.#outlasts(known)) return
      const { action, sentAt } = known ?? {}
      this.#set(event, plan, withoutAbsent({ state: 'ended', outcome, result, action, sentAt }))
    }
  }

  /** That a node did not get its turn says nothing about what it did in an earlier part of the run. */
  #outlasts({ state, outcome, sentAt = 0 }: NodeRecord): boolean {
    if (sentAt > this.#begun) return false
    return state === 'sent' || outcome === 'unknown' || (outcome !== undefined && satisfies(outcome))
  }

  #find(node: Node, plan: Plan): NodeRecord | undefined {
    return this.get(plan.steps[node.step]!.id, plan.hosts[node.host]!.name)
  }

  #set(node: Node, plan: Plan, record: NodeRecord): void {
    const step = plan.steps[node.step]!.id
    const hosts = this.#steps.get(step) ?? new Map<string, NodeRecord>()
    this.#steps.set(step, hosts.set(plan.hosts[node.host]!.name, record))
  }
}

const NEVER_RAN: ReadonlySet<Outcome> = new Set(['blocked', 'cancelled', 'unreachable'])

function withoutAbsent({ action, sentAt, outcome, result, state }: Loose): NodeRecord {
  return {
    state,
    ...(outcome === undefined ? {} : { outcome }),
    ...(result === undefined ? {} : { result }),
    ...(action === undefined ? {} : { action }),
    ...(sentAt === undefined ? {} : { sentAt }),
  }
}

type Loose = { readonly [K in keyof Required<NodeRecord>]?: NodeRecord[K] | undefined } & Pick<
  NodeRecord,
  'state'
>

interface Node {
  readonly step: number
  readonly host: number
}

const NONE: ReadonlyMap<string, NodeRecord> = new Map()
