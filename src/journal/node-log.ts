import type { RunEvent } from '../model/event.ts'
import type { NodeResult, Outcome } from '../model/outcome.ts'
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
    if (event.kind !== 'node_retried' && event.kind !== 'node_finished') return
    const { action, sentAt } = this.#find(event, plan) ?? {}
    const sent = {
      ...(action === undefined ? {} : { action }),
      ...(sentAt === undefined ? {} : { sentAt }),
    }
    if (event.kind === 'node_retried') {
      this.#set(event, plan, { ...sent, state: 'between' })
    } else {
      const { outcome, result } = event
      const known = result === undefined ? {} : { result }
      this.#set(event, plan, { ...sent, state: 'ended', outcome, ...known })
    }
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

interface Node {
  readonly step: number
  readonly host: number
}

const NONE: ReadonlyMap<string, NodeRecord> = new Map()
