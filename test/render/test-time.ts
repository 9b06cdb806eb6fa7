import type { RenderTime } from '../../src/render/run/time.ts'

/** Time that passes when a test says so; what is to happen each so often then happens. */
export class TestTime implements RenderTime {
  #now: number
  #timers: { readonly ms: number; readonly act: () => void; next: number }[] = []

  constructor(now: number) {
    this.#now = now
  }

  readonly now = () => this.#now

  readonly every = (ms: number, act: () => void) => {
    const timer = { ms, act, next: this.#now + ms }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter(other => other !== timer)
    }
  }

  get timers(): number {
    return this.#timers.length
  }

  pass(ms: number): void {
    const end = this.#now + ms
    for (;;) {
      const [first] = this.#timers.toSorted((a, b) => a.next - b.next)
      if (first === undefined || first.next > end) break
      this.#now = first.next
      first.next += first.ms
      first.act()
    }
    this.#now = end
  }
}
