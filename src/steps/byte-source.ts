/** What a host sends, to be read piece by piece; the host is held back while too much waits. */
export interface ByteSource {
  /** For `ExecHandlers.onStdout`. */
  push(chunk: Buffer): void | Promise<void>
  /** Nothing more will come. */
  end(): void
  /** From now on everything is thrown away, so that the command can come to its end. */
  discard(): void
  /** Up to `max` bytes, at least one; undefined at the end. */
  some(max: number): Promise<Buffer | undefined>
  /** Exactly `size` bytes; undefined when the end comes before. For small sizes: they are held in memory. */
  exactly(size: number): Promise<Buffer | undefined>
  /** What comes before `byte`, which is taken too; undefined when it does not come within `limit` bytes. */
  until(byte: number, limit: number): Promise<Buffer | undefined>
}

/** More than this waiting holds the host back. In bytes. */
const ENOUGH = 1 << 20

export function createByteSource(): ByteSource {
  return new Queue()
}

class Queue implements ByteSource {
  #chunks: Buffer[] = []
  #waiting = 0
  #ended = false
  #discards = false
  #wakeReader: () => void = () => {}
  #wakeWriters: (() => void)[] = []

  push(chunk: Buffer): void | Promise<void> {
    if (this.#discards || chunk.length === 0) return
    this.#chunks.push(chunk)
    this.#waiting += chunk.length
    this.#wakeReader()
    if (this.#waiting > ENOUGH) return new Promise(resolve => this.#wakeWriters.push(resolve))
  }

  end(): void {
    this.#ended = true
    this.#wakeReader()
  }

  discard(): void {
    this.#discards = true
    this.#chunks = []
    this.#waiting = 0
    this.#release()
  }

  async some(max: number): Promise<Buffer | undefined> {
    while (this.#chunks.length === 0) {
      if (this.#ended || this.#discards) return undefined
      await new Promise<void>(resolve => {
        this.#wakeReader = resolve
      })
    }
    const first = this.#chunks[0] as Buffer
    const taken = first.subarray(0, max)
    if (taken.length === first.length) this.#chunks.shift()
    else this.#chunks[0] = first.subarray(max)
    this.#waiting -= taken.length
    if (this.#waiting <= ENOUGH) this.#release()
    return taken
  }

  async exactly(size: number): Promise<Buffer | undefined> {
    const parts: Buffer[] = []
    for (let missing = size; missing > 0; ) {
      const part = await this.some(missing)
      if (part === undefined) return undefined
      parts.push(part)
      missing -= part.length
    }
    return parts.length === 1 ? parts[0] : Buffer.concat(parts)
  }

  async until(byte: number, limit: number): Promise<Buffer | undefined> {
    const parts: Buffer[] = []
    for (let size = 0; size <= limit; ) {
      const part = await this.some(limit + 1)
      if (part === undefined) return undefined
      const at = part.indexOf(byte)
      if (at !== -1) {
        this.#putBack(part.subarray(at + 1))
        parts.push(part.subarray(0, at))
        return size + at <= limit ? Buffer.concat(parts) : undefined
      }
      parts.push(part)
      size += part.length
    }
    return undefined
  }

  #putBack(rest: Buffer): void {
    if (rest.length === 0 || this.#discards) return
    this.#chunks.unshift(rest)
    this.#waiting += rest.length
  }

  #release(): void {
    const writers = this.#wakeWriters
    this.#wakeWriters = []
    for (const wake of writers) wake()
    if (this.#discards) this.#wakeReader()
  }
}
