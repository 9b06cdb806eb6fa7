/** Bytes that come in pieces, however small: each piece by itself would take a hundred bytes more. */
export class GatheredBytes {
  #buffer = Buffer.alloc(0)
  #used = 0

  get length(): number {
    return this.#used
  }

  add(piece: Buffer): void {
    const needed = this.#used + piece.length
    if (needed > this.#buffer.length) {
      const grown = Buffer.alloc(Math.max(needed, 2 * this.#buffer.length))
      this.#buffer.copy(grown, 0, 0, this.#used)
      this.#buffer = grown
    }
    piece.copy(this.#buffer, this.#used)
    this.#used = needed
  }

  /** What came so far; it stays as it is when more is added. */
  bytes(): Buffer {
    return this.#buffer.subarray(0, this.#used)
  }
}
