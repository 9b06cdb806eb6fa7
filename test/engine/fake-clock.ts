import type { Schedule } from '../../src/engine/waits.ts'

/** Time that passes when the test says so. */
export class FakeClock {
  now = 0
  readonly #timers = new Map<symbol, { readonly at: number; readonly then: () => void }>()

  readonly schedule: Schedule = (ms, then) => {
    const key = Symbol()
    this.#timers.set(key, { at: this.now + ms, then })
    return () => void this.#timers.delete(key)
  }

  /** Milliseconds from now of all that waits, ascending. */
  get waiting(): number[] {
    return [...this.#timers.values()].map(({ at }) => at - this.now).toSorted((a, b) => a - b)
  }

  /** Goes on to what waits for the earliest time; false if nothing does. */
  next(): boolean {
    const [first] = [...this.#timers].toSorted(([, a], [, b]) => a.at - b.at)
    if (first === undefined) return false
    const [key, { at, then }] = first
    this.#timers.delete(key)
    this.now = at
    then()
    return true
  }
}
