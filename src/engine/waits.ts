/** Calls `then` after so many milliseconds, later and once; the returned function takes that back. */
export type Schedule = (ms: number, then: () => void) => () => void

/** Things that wait for their time, by number: nodes between attempts, pauses. */
export class Waits {
  readonly #schedule: Schedule
  readonly #pending = new Map<number, () => void>()

  constructor(schedule: Schedule) {
    this.#schedule = schedule
  }

  get size(): number {
    return this.#pending.size
  }

  start(key: number, ms: number, then: () => void): void {
    const cancel = this.#schedule(ms, () => {
      this.#pending.delete(key)
      then()
    })
    this.#pending.set(key, cancel)
  }

  keys(): number[] {
    return [...this.#pending.keys()]
  }

  /** Takes one out before its time; false if it does not wait. */
  cut(key: number): boolean {
    this.#pending.get(key)?.()
    return this.#pending.delete(key)
  }

  /** Takes all of them out. */
  clear(): number[] {
    const keys = this.keys()
    for (const key of keys) this.cut(key)
    return keys
  }
}
