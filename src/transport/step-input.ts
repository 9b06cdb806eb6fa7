import type { Writable } from 'node:stream'

/** What a step with `stream` input is sent. It is held until the step has started, and dropped once it has ended. */
export class StepInput {
  #state: 'held' | 'open' | 'shut' = 'held'
  #stdin: Writable | undefined
  #ended = false
  readonly #waiting = new Set<() => void>()
  #held: (() => void)[] = []

  write(chunk: Buffer): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    if (this.#state === 'shut') resolve()
    else {
      const taken = () => {
        this.#waiting.delete(taken)
        resolve()
      }
      this.#waiting.add(taken)
      const send = () => this.#stdin?.write(chunk, taken)
      if (this.#state === 'open') send()
      else this.#held.push(send)
    }
    return promise
  }

  end(): void {
    this.#ended = true
    if (this.#state === 'open') this.#stdin?.end()
  }

  /** The step is there and reads. */
  open(stdin: Writable): void {
    if (this.#state !== 'held') return
    this.#state = 'open'
    this.#stdin = stdin
    for (const send of this.#held) send()
    this.#held = []
    if (this.#ended) stdin.end()
  }

  /** Nobody reads any more. */
  shut(): void {
    this.#state = 'shut'
    this.#held = []
    for (const taken of [...this.#waiting]) taken()
  }
}
