import type { Action } from '../model/action.ts'
import type { Failure } from '../model/errors.ts'
import type { RunEvent } from '../model/event.ts'
import type { Journal } from '../model/journal.ts'
import { LIMITS } from '../model/limits.ts'
import type { Executor, ExecutorEvents } from './executor.ts'
import { ownResult } from './results.ts'
import type { Schedule } from './waits.ts'

/** A node that goes to the executor once it is on the disk that it does. */
interface Start {
  readonly kind: 'start'
  readonly step: number
  readonly host: number
  readonly action: Action
  readonly via: number
}

export interface GateOptions {
  readonly journal: Journal
  readonly clock: () => number
  readonly schedule: Schedule
  /** Tells an event to all who listen. */
  readonly tell: (event: RunEvent) => void
  /** Called once, when nothing can be recorded any more: nothing may start. */
  readonly failed: () => void
}

/**
 * Nothing passes before it is on the disk: events reach listeners, and nodes the executor, when the journal has them.
 * What happens meanwhile is gathered and goes together, at most every LIMITS.commitMs. Only what a crash must not
 * undo waits for the disk itself.
 */
export class Gate implements Executor {
  readonly #options: GateOptions
  #executor: Executor | undefined
  #events: ExecutorEvents | undefined
  /** What waits, in order. */
  #held: (RunEvent | Start)[] = []
  #outputHeld = 0
  #mustSync = false
  /** A commit is under way, or was so shortly ago. */
  #resting = true
  #committing = false
  #failure: Failure | undefined
  readonly #starts = new Map<string, Start>()
  #passed: PromiseWithResolvers<void> | undefined

  constructor(options: GateOptions) {
    this.#options = options
  }

  /** Puts the gate before an executor. */
  guard(executor: Executor, events: ExecutorEvents): this {
    this.#executor = executor
    this.#events = events
    return this
  }

  tell(event: RunEvent): void {
    this.#hold(event)
    if (event.kind === 'node_output') this.#outputHeld += event.text.length + LIMITS.outputOverhead
    if (this.#failure === undefined) this.#options.journal.append(event)
    this.#mustSync ||= OUTLASTS.has(event.kind)
    this.#wake()
  }

  /** Pending while so much output waits for the disk that no more should come. */
  full(): Promise<void> | undefined {
    if (this.#outputHeld < LIMITS.uncommittedOutput) return undefined
    this.#passed ??= Promise.withResolvers<void>()
    return this.#passed.promise
  }

  /** Resolves when everything has passed. */
  async empty(): Promise<void> {
    while (this.#held.length > 0 || this.#committing) {
      this.#passed ??= Promise.withResolvers<void>()
      await this.#passed.promise
    }
  }

  /** That the node is sent was told just before: it goes when the journal has that. */
  start(step: number, host: number, action: Action, via: number): void {
    const start: Start = { kind: 'start', step, host, action, via }
    this.#starts.set(keyOf(step, host), start)
    this.#hold(start)
    this.#wake()
  }

  stop(step: number, host: number, reason: 'cancel' | 'now', via: number): void {
    // What has not gone yet never will, however long the disk takes.
    if (this.#starts.delete(keyOf(step, host))) this.#events?.finished(step, host, ownResult('cancelled'))
    else this.#executor?.stop(step, host, reason, via)
  }

  release(via: number): void {
    this.#executor?.release(via)
  }

  async close(): Promise<void> {
    await this.#executor?.close()
  }

  #hold(item: RunEvent | Start): void {
    this.#held.push(item)
  }

  #wake(): void {
    if (this.#committing || !this.#resting) return
    this.#committing = true
    queueMicrotask(() => void this.#commit())
  }

  async #commit(): Promise<void> {
    this.#resting = false
    this.#options.schedule(LIMITS.commitMs, () => {
      this.#resting = true
      if (this.#held.length > 0) this.#wake()
    })
    const held = this.#held
    const mustSync = this.#mustSync
    this.#held = []
    this.#outputHeld = 0
    this.#mustSync = false
    const failure = this.#failure === undefined ? await this.#options.journal.commit(mustSync) : undefined
    if (failure !== undefined) this.#fail(failure)
    for (const item of held) this.#pass(item)
    this.#committing = false
    this.#passed?.resolve()
    this.#passed = undefined
    if (this.#held.length > 0) this.#wake()
  }

  #fail(failure: Failure): void {
    this.#failure = failure
    this.#options.tell({ kind: 'journal_failed', at: this.#options.clock(), failure })
    this.#options.failed()
  }

  #pass(item: RunEvent | Start): void {
    if (item.kind === 'start') this.#send(item)
    else this.#options.tell(item)
  }

  #send(start: Start): void {
    const { step, host, action, via } = start
    if (this.#starts.get(keyOf(step, host)) !== start) return
    this.#starts.delete(keyOf(step, host))
    if (this.#failure === undefined) this.#executor?.start(step, host, action, via)
    else this.#events?.finished(step, host, ownResult('cancelled', { failure: this.#failure }))
  }
}

/** What must be known after a crash. */
const OUTLASTS: ReadonlySet<RunEvent['kind']> = new Set([
  'run_started',
  'node_sent',
  'node_retried',
  'node_finished',
  'run_finished',
])

function keyOf(step: number, host: number): string {
  return `${step}@${host}`
}
