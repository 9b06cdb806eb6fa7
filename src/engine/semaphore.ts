import { NodeQueue } from './queue.ts'

/** Counted permits and the nodes that wait for one, first come first served. A node that waits holds nothing. */
export class Semaphore {
  /** Kept for one node: nobody else gets a permit. */
  claimed = false
  #free: number
  readonly #waiting = new NodeQueue()

  constructor(permits: number) {
    this.#free = permits
  }

  get free(): number {
    return this.#free
  }

  /** Takes a permit; the caller has seen that one is free. */
  take(): void {
    this.#free -= 1
  }

  give(): void {
    this.#free += 1
  }

  park(node: number): void {
    this.#waiting.push(node)
  }

  /** Takes the longest waiting node out, if a permit is free for it. */
  wake(): number | undefined {
    return this.#free > 0 && !this.claimed ? this.#waiting.shift() : undefined
  }
}
