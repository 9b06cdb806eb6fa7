/**
 * Takes what comes in one at a time, in order, however deep the calls nest: first what came in, then `more`, as long as
 * there is some; then `over` is called.
 */
export class Turns {
  readonly #more: () => (() => void) | undefined
  readonly #over: () => void
  readonly #queue: (() => void)[] = []
  #busy = false

  constructor(more: () => (() => void) | undefined, over: () => void) {
    this.#more = more
    this.#over = over
  }

  take(change: () => void): void {
    this.#queue.push(change)
    if (this.#busy) return
    this.#busy = true
    try {
      for (let next = this.#next(); next !== undefined; next = this.#next()) next()
    } finally {
      this.#busy = false
    }
    this.#over()
  }

  #next(): (() => void) | undefined {
    return this.#queue.shift() ?? this.#more()
  }
}
