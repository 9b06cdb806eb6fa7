import type { RunEvent } from '../../model/event.ts'
import type { Plan } from '../../model/plan.ts'
import type { RunHistory } from '../../model/run-history.ts'

/** Below this share of the nodes' time, known from before, an estimate would be a guess. */
const KNOWN_SHARE = 0.5

/** How slowly what is shown follows what is reckoned, in ms. */
const DAMPING = 15_000

/**
 * How long the rest of a run may take, by an earlier run of the same playbook: the share of the nodes' time that is
 * done, the pace so far, and what runs now and is known to take long. Knows nothing where the earlier run says too
 * little of these steps, and once all that is left takes longer than it did then.
 */
export class Estimate {
  readonly #history: RunHistory
  /** What a node of each step is expected to take, in ms. */
  readonly #expected: readonly number[]
  readonly #total: number
  readonly #running = new Map<number, { readonly step: number; readonly at: number }>()
  readonly #hosts: number
  #startedAt = 0
  #done = 0
  #shown: { readonly at: number; readonly left: number } | undefined

  /** Undefined where too little is known. */
  static of(plan: Plan, history: RunHistory | undefined): Estimate | undefined {
    if (history === undefined || !(history.wallMs > 0)) return undefined
    const nodes = plan.steps.map(({ targets }) => targets.length)
    const known = plan.steps.map(({ id }) => usable(history.stepMs.get(id)))
    const counted = sum(nodes.map((n, step) => (known[step] === undefined ? 0 : n)))
    if (counted === 0 || counted < sum(nodes) * KNOWN_SHARE) return undefined
    const mean = sum(nodes.map((n, step) => n * (known[step] ?? 0))) / counted
    const expected = known.map(ms => ms ?? mean)
    const total = sum(nodes.map((n, step) => n * (expected[step] ?? 0)))
    return total > 0 ? new Estimate(plan, history, expected, total) : undefined
  }

  private constructor(plan: Plan, history: RunHistory, expected: readonly number[], total: number) {
    this.#history = history
    this.#expected = expected
    this.#total = total
    this.#hosts = plan.hosts.length
  }

  add(event: RunEvent): void {
    if (event.kind === 'run_started') this.#startedAt = event.at
    if (event.kind === 'node_started')
      this.#running.set(this.#node(event), { step: event.step, at: event.at })
    if (event.kind !== 'node_finished') return
    this.#running.delete(this.#node(event))
    this.#done += this.#expected[event.step] ?? 0
  }

  /** The share of the expected time of all nodes that is done, 0 to 1. */
  done(now: number): number {
    let done = this.#done
    for (const { step, at } of this.#running.values())
      done += Math.min(Math.max(0, now - at), this.#expected[step] ?? 0)
    return Math.min(1, done / this.#total)
  }

  /** In ms, above 0; undefined where there is nothing to say. Ask again and again: what is said moves slowly. */
  left(now: number): number | undefined {
    const reckoned = this.#reckon(now)
    if (reckoned <= 0) {
      this.#shown = undefined
      return undefined
    }
    const last = this.#shown
    const passed = last === undefined ? 0 : Math.max(0, now - last.at)
    const before = last === undefined ? reckoned : Math.max(0, last.left - passed)
    const left = before + (reckoned - before) * (last === undefined ? 1 : 1 - Math.exp(-passed / DAMPING))
    this.#shown = { at: now, left }
    return left > 0 ? left : undefined
  }

  /** The more is done, the more the pace of this run counts. Nothing ends before what runs now has ended. */
  #reckon(now: number): number {
    const done = this.done(now)
    if (done >= 1) return 0
    const before = this.#history.wallMs * (1 - done)
    const pace = done === 0 ? before : ((now - this.#startedAt) * (1 - done)) / done
    let longest = 0
    for (const { step, at } of this.#running.values())
      longest = Math.max(longest, (this.#expected[step] ?? 0) - (now - at))
    return Math.max(longest, (1 - done) * before + done * pace)
  }

  #node({ step, host }: { readonly step: number; readonly host: number }): number {
    return step * this.#hosts + host
  }
}

/** `about 2 min left`, `about 40 s left`, `about 1 h 10 min left`. */
export function leftWords(ms: number): string {
  const seconds = ms / 1000
  if (seconds < 10) return 'a few seconds left'
  if (seconds < 55) return `about ${Math.round(seconds / 10) * 10} s left`
  const minutes = Math.max(1, Math.round(seconds / 60))
  if (minutes < 60) return `about ${minutes} min left`
  const tens = Math.round(minutes / 10) * 10
  const rest = tens % 60 === 0 ? '' : ` ${tens % 60} min`
  return `about ${Math.floor(tens / 60)} h${rest} left`
}

function usable(ms: number | undefined): number | undefined {
  return ms !== undefined && Number.isFinite(ms) && ms >= 0 ? ms : undefined
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
