import type { Plan, Rolling } from '../model/plan.ts'
import { NO_BATCH } from '../model/plan.ts'
import type { RunState } from './state.ts'

/** What the batches do to the run. */
export type Held = Pick<RunState, 'hostCount' | 'isReal' | 'hold' | 'open' | 'block'>

/** Calls `then` after so many milliseconds, not from within. */
export type Pause = (rolling: number, ms: number, then: () => void) => void

/**
 * Rolling groups: the nodes of a batch are held until the batch before has ended on all its hosts, and are blocked
 * when too many hosts have failed by then. A batch in which nothing is left to do is passed over without a pause.
 */
export class Rollings {
  readonly #plan: Plan
  readonly #held: Held
  readonly #pause: Pause
  readonly #progress: readonly Progress[]
  readonly #due = new Set<number>()

  constructor(plan: Plan, held: Held, pause: Pause) {
    this.#plan = plan
    this.#held = held
    this.#pause = pause
    this.#progress = plan.rollings.map(rolling => new Progress(plan, rolling, held))
    for (const index of this.#progress.keys()) this.#due.add(index)
  }

  /** A node ended; `bad` if that counts against its host. */
  ended(step: number, host: number, bad: boolean): void {
    const index = this.#plan.steps[step]!.rolling
    const progress = index === undefined ? undefined : this.#progress[index]
    if (index === undefined || progress === undefined) return
    progress.ended(host, bad ? step * this.#held.hostCount + host : undefined)
    if (progress.isOver) this.#due.add(index)
  }

  /** Whether a batch has ended, and `advance` is to be called. */
  get due(): boolean {
    return this.#due.size > 0
  }

  /** Lets the next batches begin, or stops them. */
  advance(): void {
    for (const index of this.#due) {
      this.#due.delete(index)
      this.#advance(index, this.#progress[index]!)
    }
  }

  /** Nothing new starts: what has not begun never will, cleanup neither, since it has nothing to clean up. */
  close(cause: number): void {
    for (const progress of this.#progress) this.#stop(progress, cause)
  }

  #advance(index: number, progress: Progress): void {
    if (!progress.isOver) return
    const cause = progress.tooManyFailed()
    if (cause !== undefined) this.#stop(progress, cause)
    else if (progress.nextIsEmpty) this.#begin(index, progress)
    else {
      progress.pausing = true
      this.#pause(index, progress.pauseMs, () => this.#begin(index, progress))
    }
  }

  #begin(index: number, progress: Progress): void {
    progress.pausing = false
    for (const node of progress.begin()) this.#held.open(node)
    if (progress.isOver) this.#due.add(index)
  }

  #stop(progress: Progress, cause: number): void {
    while (progress.hasNext) {
      const nodes = progress.begin()
      for (const node of nodes) this.#held.block(node, cause)
      for (const node of nodes) this.#held.open(node)
    }
  }
}

/** How far one rolling group is. */
class Progress {
  pausing = false
  readonly pauseMs: number
  readonly #rolling: Rolling
  readonly #held: Held
  /** Hosts by batch. */
  readonly #hosts: readonly number[][]
  /** Of each batch: its nodes that have not ended. */
  readonly #left: Uint32Array
  readonly #badHosts = new Set<number>()
  #firstBad: number | undefined
  #batch = 0

  constructor({ steps }: Plan, rolling: Rolling, held: Held) {
    this.pauseMs = rolling.pauseMs
    this.#rolling = rolling
    this.#held = held
    this.#hosts = Array.from({ length: rolling.batches }, () => [])
    rolling.batchOf.forEach((batch, host) => {
      if (batch !== NO_BATCH) this.#hosts[batch]!.push(host)
    })
    this.#left = new Uint32Array(rolling.batches)
    for (const step of rolling.steps) {
      for (const host of steps[step]!.targets) this.#place(step * held.hostCount + host, host)
    }
  }

  #place(node: number, host: number): void {
    const batch = this.#batchOf(host)
    this.#left[batch]! += 1
    if (batch > 0) this.#held.hold(node)
  }

  /** Hosts that are in no batch go with the first. */
  #batchOf(host: number): number {
    const batch = this.#rolling.batchOf[host]!
    return batch === NO_BATCH ? 0 : batch
  }

  /** `bad`: the node, if it counts against its host. */
  ended(host: number, bad: number | undefined): void {
    this.#left[this.#batchOf(host)]! -= 1
    if (bad === undefined) return
    this.#firstBad ??= bad
    this.#badHosts.add(host)
  }

  get hasNext(): boolean {
    return this.#batch + 1 < this.#rolling.batches
  }

  /** The batch under way has ended, and there is another one. */
  get isOver(): boolean {
    return this.hasNext && !this.pausing && this.#left[this.#batch] === 0
  }

  get nextIsEmpty(): boolean {
    return this.#left[this.#batch + 1] === 0
  }

  /** The node that failed first, if too many hosts have. */
  tooManyFailed(): number | undefined {
    return this.#badHosts.size > this.#rolling.tolerated ? this.#firstBad : undefined
  }

  /** Goes on to the next batch: its nodes. */
  begin(): number[] {
    this.#batch += 1
    return this.#rolling.steps.flatMap(step =>
      this.#hosts[this.#batch]!.map(host => step * this.#held.hostCount + host).filter(node =>
        this.#held.isReal(node),
      ),
    )
  }
}
