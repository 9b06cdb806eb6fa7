const FIRST_CAPACITY = 16

/** A FIFO of node numbers in a ring of 32-bit words: no allocation per entry, so a million may wait in 4 MB. */
export class NodeQueue {
  #ring = new Uint32Array(FIRST_CAPACITY)
  #head = 0
  #size = 0

  get size(): number {
    return this.#size
  }

  push(node: number): void {
    if (this.#size === this.#ring.length) this.#grow()
    this.#ring[(this.#head + this.#size) & (this.#ring.length - 1)] = node
    this.#size += 1
  }

  /** The node that has waited longest; undefined when none waits. */
  shift(): number | undefined {
    if (this.#size === 0) return undefined
    const node = this.#ring[this.#head]
    this.#head = (this.#head + 1) & (this.#ring.length - 1)
    this.#size -= 1
    return node
  }

  /** Doubles the ring, so that its length stays a power of two and positions wrap with a mask. */
  #grow(): void {
    const grown = new Uint32Array(this.#ring.length * 2)
    grown.set(this.#ring.subarray(this.#head))
    grown.set(this.#ring.subarray(0, this.#head), this.#ring.length - this.#head)
    this.#ring = grown
    this.#head = 0
  }
}
