import type { Readable } from 'node:stream'

/** Hands on a stream's chunks one after the other, and reads no further while one is not taken. */
export class PacedReader {
  readonly #stream: Readable
  readonly #take: (chunk: Buffer) => void | Promise<void>
  readonly #changed: () => void
  /** A paused stream may still deliver what it has read already. */
  readonly #held: Buffer[] = []
  #busy = false
  #ended = false
  #cut = false

  /** @param changed called when the stream has ended, and when a chunk was taken that had to be waited for */
  constructor(stream: Readable, take: (chunk: Buffer) => void | Promise<void>, changed: () => void) {
    this.#stream = stream
    this.#take = take
    this.#changed = changed
    stream.on('data', (chunk: Buffer) => {
      if (this.#busy) this.#held.push(chunk)
      else this.#deliver(chunk)
    })
    stream.on('end', () => {
      this.#ended = true
      changed()
    })
    stream.on('error', () => {})
  }

  get busy(): boolean {
    return this.#busy
  }

  /** All is read, and all of it is taken. */
  get drained(): boolean {
    return this.#ended && !this.#busy && this.#held.length === 0
  }

  /** Throws away what still comes. */
  cut(): void {
    this.#cut = true
    this.#held.length = 0
    this.#stream.resume()
  }

  #deliver(chunk: Buffer): void {
    if (this.#cut) return
    const taken = this.#take(chunk)
    if (taken === undefined) return
    this.#busy = true
    this.#stream.pause()
    const next = () => {
      this.#busy = false
      for (
        let held = this.#held.shift();
        held !== undefined;
        held = this.#busy ? undefined : this.#held.shift()
      ) {
        this.#deliver(held)
      }
      if (!this.#busy) this.#stream.resume()
      this.#changed()
    }
    taken.then(next, next)
  }
}
