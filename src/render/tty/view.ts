import type { RunEvent } from '../../model/event.ts'
import type { NodeResult, Outcome } from '../../model/outcome.ts'
import type { Plan } from '../../model/plan.ts'
import type { RunHistory } from '../../model/run-history.ts'
import { escapeText } from '../escape.ts'
import { excerpt } from '../excerpt.ts'
import { isTrouble } from '../outcome-style.ts'
import { BatchWatch } from '../run/batches.ts'
import { Estimate } from '../run/estimate.ts'
import { lockText } from '../run/lock-text.ts'
import { nodesByHost } from '../run/node-count.ts'
import { resultReason } from '../run/result-text.ts'
import { retryText } from '../run/retry-text.ts'
import { RunTally } from '../run/tally.ts'
import { type Waited, WaitWatch } from '../run/waiting.ts'
import { waitWords } from '../step-words.ts'

/** What a host is doing, or how it came out. */
export type HostStatus = 'waiting' | 'running' | Outcome

export interface HostView {
  /** Steps under way and when each started, the oldest first. */
  readonly running: ReadonlyMap<number, number>
  readonly startedAt: number | undefined
  readonly endedAt: number
  /** The last line that the host printed, as it came. */
  readonly lastLine: string
  /** What went wrong first, and in which step; without one the host could not be reached. */
  readonly trouble:
    | { readonly step: number | undefined; readonly reason: string; readonly ms: number }
    | undefined
}

type OpenHost = { -readonly [K in keyof HostView]: HostView[K] } & {
  readonly running: Map<number, number>
  left: number
  status: HostStatus
  /** The beginning of a line that has not ended yet. */
  rest: string
}

const LONGEST_LINE = 1024

/** The state of a run as a terminal shows it: events in, rows and counts out; each event costs the same at any size. */
export class FleetView {
  readonly plan: Plan
  readonly tally: RunTally
  readonly batches: BatchWatch
  readonly waits: WaitWatch
  readonly estimate: Estimate | undefined
  readonly nodes: number
  readonly #hosts: readonly OpenHost[]
  readonly #counts = new Map<HostStatus, number>()
  readonly #running = new Set<number>()
  readonly #troubled = new Set<number>()
  readonly startedAt: number

  /** @param keepsOutput whether the tally is to keep failures' output */
  constructor(plan: Plan, startedAt: number, keepsOutput: boolean, history?: RunHistory) {
    this.plan = plan
    this.startedAt = startedAt
    this.tally = new RunTally(plan, keepsOutput)
    this.batches = new BatchWatch(plan)
    this.waits = new WaitWatch(plan)
    this.estimate = Estimate.of(plan, history)
    const left = nodesByHost(plan)
    this.nodes = left.reduce((sum, n) => sum + n, 0)
    this.#hosts = Array.from(left, n => newHost(n))
    this.#counts.set('waiting', this.tally.hosts.length)
  }

  /** @returns the hosts whose last node this event ended: at most one */
  add(event: RunEvent): number | undefined {
    this.tally.add(event)
    this.batches.add(event)
    this.waits.add(event)
    this.estimate?.add(event)
    switch (event.kind) {
      case 'node_started':
        this.#start(event)
        return undefined
      case 'node_output':
        this.#output(event)
        return undefined
      case 'node_retried': {
        const host = this.#hosts[event.host]
        if (host !== undefined) host.lastLine = retryText(event, this.plan)
        return undefined
      }
      case 'node_finished':
        return this.#finish(event)
      case 'host_unreachable': {
        const host = this.#hosts[event.host]
        if (host !== undefined)
          host.trouble ??= { step: undefined, reason: escapeText(event.failure.message), ms: 0 }
        return undefined
      }
      case 'lock_taken':
      case 'lock_waiting':
      case 'lock_missed': {
        const host = this.#hosts[event.host]
        if (host !== undefined) host.lastLine = event.kind === 'lock_taken' ? '' : lockText(event)
        return undefined
      }
      case 'run_started':
      case 'host_connected':
      case 'journal_failed':
      case 'node_sent':
      case 'run_finished':
        return undefined
    }
  }

  host(index: number): HostView | undefined {
    return this.#hosts[index]
  }

  status(index: number): HostStatus {
    return this.#hosts[index]?.status ?? 'waiting'
  }

  /** How many hosts have this status. */
  count(status: HostStatus): number {
    return this.#counts.get(status) ?? 0
  }

  /** Hosts at work, the longest-running first: a hung one moves to the top. */
  get running(): Iterable<number> {
    return this.#running
  }

  /** What the host is waited for longest, if it is long: a node of it, or its connection. */
  waitOf(index: number, now: number): Waited | undefined {
    const host = this.#hosts[index]
    if (host === undefined) return undefined
    const [oldest] = host.running.keys()
    return oldest === undefined ? this.waits.connecting(index, now) : this.waits.of(oldest, index, now)
  }

  /** Hosts in trouble, in the order in which they got into it. */
  get troubled(): ReadonlySet<number> {
    return this.#troubled
  }

  #start({ step, host: index, at }: RunEvent & { kind: 'node_started' }): void {
    const host = this.#hosts[index]
    if (host === undefined) return
    host.running.set(step, at)
    host.startedAt ??= at
    host.lastLine = this.#openingWords(step)
    host.rest = ''
    this.#update(index, host)
  }

  /** A pause prints nothing, and says how long it takes. */
  #openingWords(step: number): string {
    const action = this.plan.steps[step]?.action
    return action?.kind === 'pause' ? `for ${waitWords(action.ms)}` : ''
  }

  #output({ step, host: index, text }: RunEvent & { kind: 'node_output' }): void {
    const host = this.#hosts[index]
    if (host === undefined || this.plan.steps[step]?.hidden) return
    const lines = (host.rest + text.slice(-LONGEST_LINE)).split(/[\r\n]+/)
    host.rest = (lines.at(-1) ?? '').slice(0, LONGEST_LINE)
    host.lastLine = lines.findLast(line => line.trim() !== '') ?? host.lastLine
  }

  #finish(event: RunEvent & { kind: 'node_finished' }): number | undefined {
    const host = this.#hosts[event.host]
    if (host === undefined) return undefined
    host.running.delete(event.step)
    host.left -= 1
    host.endedAt = event.at
    if (isTrouble(event.outcome)) this.#getIntoTrouble(host, event)
    this.#update(event.host, host)
    return host.left === 0 ? event.host : undefined
  }

  /** The first trouble stays, but that the host is gone by now says less than what became unknown with it. */
  #getIntoTrouble(host: OpenHost, { step, outcome, result }: RunEvent & { kind: 'node_finished' }): void {
    if (outcome === 'unknown' && host.trouble?.step === undefined) host.trouble = undefined
    host.trouble ??= {
      step: outcome === 'unreachable' ? undefined : step,
      reason: reasonWithOutput(result),
      ms: result?.durationMs ?? 0,
    }
  }

  #update(index: number, host: OpenHost): void {
    const before = host.status
    host.status = this.#statusOf(index, host)
    this.#counts.set(before, this.count(before) - 1)
    this.#counts.set(host.status, this.count(host.status) + 1)
    if (host.running.size === 0 || isTroubled(host.status)) this.#running.delete(index)
    else this.#running.add(index)
    if (isTroubled(host.status)) this.#troubled.add(index)
  }

  #statusOf(index: number, host: OpenHost): HostStatus {
    const verdict = this.tally.verdict(index)
    if (isTrouble(verdict)) return verdict
    if (host.running.size > 0) return 'running'
    return host.left > 0 ? 'waiting' : verdict
  }
}

function isTroubled(status: HostStatus): boolean {
  return status !== 'waiting' && status !== 'running' && isTrouble(status)
}

/** With the last line that the command printed to stderr, else to stdout: most often it says why. */
function reasonWithOutput(result: NodeResult | undefined): string {
  const reason = resultReason(result)
  if (result === undefined) return reason
  const last = (excerpt(result.stderr).at(-1) ?? excerpt(result.stdout).at(-1) ?? '').trim()
  if (last === '' || reason.includes(last)) return reason
  return reason === '' ? last : `${reason} · ${last}`
}

function newHost(left: number): OpenHost {
  return {
    running: new Map(),
    startedAt: undefined,
    endedAt: 0,
    lastLine: '',
    rest: '',
    trouble: undefined,
    left,
    status: left === 0 ? 'ok' : 'waiting',
  }
}
