import type { RunEvent } from '../../model/event.ts'
import type { Plan } from '../../model/plan.ts'
import { Estimate, leftWords } from './estimate.ts'
import { runLabels } from './labels.ts'
import type { RunRendererOptions } from './renderer.ts'
import { WaitWatch } from './waiting.ts'
import { waitingLines } from './waiting-words.ts'

/** Columns for the hosts of a line. */
const NAMES = 60

/** Lines about waiting keep this distance at least, and then twice as much each time, up to the second. In ms. */
const FIRST_GAP = 10_000
const LONGEST_GAP = 120_000

/** Between two lines about how long the rest may take. */
const ESTIMATE_GAP = 60_000

/** What a log says while nothing happens: who is waited for, and how long it may take still. */
export class ProgressLines {
  readonly #plan: Plan
  readonly #waits: WaitWatch
  readonly #estimate: Estimate | undefined
  #gap = FIRST_GAP
  #nextWaits = 0
  #nextEstimate = 0

  constructor(plan: Plan, startedAt: number, { history }: Pick<RunRendererOptions, 'history'>) {
    this.#plan = plan
    this.#waits = new WaitWatch(plan)
    this.#estimate = Estimate.of(plan, history)
    this.#nextEstimate = startedAt + ESTIMATE_GAP
  }

  add(event: RunEvent): void {
    this.#waits.add(event)
    this.#estimate?.add(event)
  }

  /** What there is to say now, mostly nothing. */
  at(now: number): string[] {
    return [...this.#waiting(now), ...this.#left(now)]
  }

  #waiting(now: number): string[] {
    if (now < this.#nextWaits) return []
    const lines = waitingLines(this.#waits.due(now), runLabels(this.#plan), now, NAMES)
    if (lines.length === 0) return []
    this.#nextWaits = now + this.#gap
    this.#gap = Math.min(LONGEST_GAP, this.#gap * 2)
    return lines
  }

  #left(now: number): string[] {
    const left = this.#estimate?.left(now)
    if (left === undefined || this.#estimate === undefined || now < this.#nextEstimate) return []
    this.#nextEstimate = now + ESTIMATE_GAP
    return [`${Math.floor(this.#estimate.done(now) * 100)}% done, ${leftWords(left)}`]
  }
}
