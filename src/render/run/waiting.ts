import type { RunEvent } from '../../model/event.ts'
import type { Plan } from '../../model/plan.ts'

/** Something that is waited for: a node that runs and prints nothing, or a connection. Times in ms since the epoch. */
export interface Waited {
  /** `copy`: it prints nothing anyway. */
  readonly kind: 'silent' | 'copy' | 'connecting'
  readonly step: number
  readonly host: number
  /** When it was last heard of; for a copy and a connection, when it began. */
  readonly since: number
}

/** A row says so of a connection that takes longer than this; others are there before anybody could read it. */
const SHOWN_CONNECTING = 2000

/** When waiting is told of for the first time; then after twice as long, and so on. In ms. */
export const FIRST_TOLD = { silent: 30_000, copy: 30_000, connecting: 8_000 } as const

type Open = { -readonly [K in keyof Waited]: Waited[K] } & {
  /** How long it has been waited for when it is told of next. */
  next: number
}

/** What runs without a word, kept by the events of a run; pauses are no waiting, they say how long they take. */
export class WaitWatch {
  readonly #plan: Plan
  readonly #open = new Map<number, Open>()
  readonly #connected = new Set<number>()

  constructor(plan: Plan) {
    this.#plan = plan
  }

  add(event: RunEvent): void {
    switch (event.kind) {
      case 'host_connected':
        this.#connect(event.host)
        return
      case 'node_sent':
        if (!this.#connected.has(this.#carrier(event))) this.#begin(event, 'connecting')
        return
      case 'node_started':
        this.#begin(event, this.#kindOf(event.step))
        return
      case 'node_output':
        this.#heard(event, event.at)
        return
      case 'node_retried':
        this.#heard(event, event.at + event.ms)
        return
      case 'node_finished':
        this.#open.delete(this.#node(event))
        return
      case 'run_started':
      case 'host_unreachable':
      case 'lock_taken':
      case 'lock_waiting':
      case 'lock_missed':
      case 'journal_failed':
      case 'run_finished':
        return
    }
  }

  /** What has been waited for long enough to be told of, the longest first. */
  long(now: number): readonly Waited[] {
    return [...this.#open.values()]
      .filter(({ kind, since }) => now - since >= FIRST_TOLD[kind])
      .toSorted((a, b) => a.since - b.since)
  }

  /** What is to be told of now, if anything is: with what would be soon, so that one line does for all. */
  due(now: number): readonly Waited[] {
    const open = [...this.#open.values()]
    if (!open.some(({ since, next }) => now - since >= next)) return []
    const told = open.filter(({ since, next }) => now - since >= next * ALMOST)
    for (const wait of told) while (wait.next * ALMOST <= now - wait.since) wait.next *= 2
    return told.toSorted((a, b) => a.since - b.since)
  }

  /** The wait of a host's node, if it is long enough to be told of. */
  of(step: number, host: number, now: number): Waited | undefined {
    const wait = this.#open.get(this.#node({ step, host }))
    return wait !== undefined && now - wait.since >= FIRST_TOLD[wait.kind] ? wait : undefined
  }

  /** The wait for a host's connection, if there is something to see. */
  connecting(host: number, now: number): Waited | undefined {
    for (const wait of this.#open.values())
      if (wait.host === host && wait.kind === 'connecting' && now - wait.since >= SHOWN_CONNECTING)
        return wait
    return undefined
  }

  #begin(event: { readonly step: number; readonly host: number; readonly at: number }, kind: OpenKind): void {
    if (kind === undefined) return
    const { step, host, at } = event
    this.#open.set(this.#node(event), { kind, step, host, since: at, next: FIRST_TOLD[kind] })
  }

  #connect(host: number): void {
    this.#connected.add(host)
    for (const [node, wait] of this.#open)
      if (wait.kind === 'connecting' && this.#carrier(wait) === host) this.#open.delete(node)
  }

  #heard(node: { readonly step: number; readonly host: number }, at: number): void {
    const wait = this.#open.get(this.#node(node))
    if (wait === undefined) return
    wait.since = at
    wait.next = FIRST_TOLD[wait.kind]
  }

  #kindOf(step: number): OpenKind {
    const kind = this.#plan.steps[step]?.action.kind
    if (kind === 'pause' || kind === 'assert') return undefined
    return kind === 'put' || kind === 'get' ? 'copy' : 'silent'
  }

  #carrier({ step, host }: { readonly step: number; readonly host: number }): number {
    return this.#plan.steps[step]?.delegates?.[host] ?? host
  }

  #node({ step, host }: { readonly step: number; readonly host: number }): number {
    return step * this.#plan.hosts.length + host
  }
}

type OpenKind = Waited['kind'] | undefined

const ALMOST = 0.8
