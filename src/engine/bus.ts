import type { RunEvent, RunListener } from '../model/event.ts'

/**
 * Hands every event to every listener, in order, also when a listener's doing leads to further events. A listener
 * that throws or rejects is dropped and reported; the run goes on.
 */
export class EventBus {
  #listeners: readonly RunListener[]
  readonly #report: (error: unknown) => void
  readonly #queue: RunEvent[] = []
  #emitting = false
  /** Listeners that cannot take more for now. */
  readonly #held = new Set<Promise<void>>()

  constructor(listeners: readonly RunListener[], report: (error: unknown) => void) {
    this.#listeners = listeners
    this.#report = report
  }

  emit(event: RunEvent): void {
    this.#queue.push(event)
    if (this.#emitting) return
    this.#emitting = true
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      for (const listener of this.#listeners) this.#tell(listener, next)
    }
    this.#emitting = false
  }

  /** Pending until every listener can take more; undefined when all of them can. */
  drained(): Promise<void> | undefined {
    if (this.#held.size === 0) return undefined
    return Promise.all(this.#held).then(() => this.drained())
  }

  #tell(listener: RunListener, event: RunEvent): void {
    try {
      const taken = listener(event)
      if (taken !== undefined) this.#hold(listener, taken)
    } catch (error) {
      this.#drop(listener, error)
    }
  }

  #hold(listener: RunListener, taken: Promise<void>): void {
    const held = taken
      .catch(error => this.#drop(listener, error))
      .finally(() => {
        this.#held.delete(held)
      })
    this.#held.add(held)
  }

  #drop(listener: RunListener, error: unknown): void {
    if (!this.#listeners.includes(listener)) return
    this.#listeners = this.#listeners.filter(other => other !== listener)
    this.#report(error)
  }
}
