import { GatheredBytes } from './gathered-bytes.ts'

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

/** Smaller pieces than the first are copied into a block of the second, while others wait before them. In bytes. */
const SMALL = 1024
const BLOCK = 16 << 10

class Queue implements ByteSource {
  #chunks: Buffer[] = []
  /** Where small pieces go; the last chunk is what it has. */
  #block: Buffer | undefined
  #blockUsed = 0
  #waiting = 0
  #ended = false
  #discards = false
  #wakeReader: () => void = () => {}
  #wakeWriters: (() => void)[] = []

  push(chunk: Buffer): void | Promise<void> {
    if (this.#discards || chunk.length === 0) return
    this.#keep(chunk)
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
    this.#block = undefined
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
    if (this.#chunks.length === 1) this.#block = undefined
    const first = this.#chunks[0] as Buffer
    const taken = first.subarray(0, max)
    if (taken.length === first.length) this.#chunks.shift()
    else this.#chunks[0] = first.subarray(max)
    this.#waiting -= taken.length
    if (this.#waiting <= ENOUGH) this.#release()
    return taken
  }

  async exactly(size: number): Promise<Buffer | undefined> {
    const gathered = new GatheredBytes()
    for (;;) {
      const missing = size - gathered.length
      if (missing === 0) return gathered.bytes()
      const part = await this.some(missing)
      if (part === undefined) return undefined
      if (part.length === size) return part
      gathered.add(part)
    }
  }

  async until(byte: number, limit: number): Promise<Buffer | undefined> {
    const gathered = new GatheredBytes()
    while (gathered.length <= limit) {
      const part = await this.some(limit + 1)
      if (part === undefined) return undefined
      const at = part.indexOf(byte)
      if (at !== -1) {
        this.#putBack(part.subarray(at + 1))
        gathered.add(part.subarray(0, at))
        return gathered.length <= limit ? gathered.bytes() : undefined
      }
      gathered.add(part)
    }
    return undefined
  }

  #keep(chunk: Buffer): void {
    const size = chunk.length
    if (size > SMALL || this.#chunks.length === 0) {
      this.#block = undefined
      this.#chunks.push(chunk)
      return
    }
    if (this.#block !== undefined && this.#blockUsed + size <= BLOCK) this.#chunks.pop()
    else {
      this.#block = Buffer.alloc(BLOCK)
      this.#blockUsed = 0
    }
    chunk.copy(this.#block, this.#blockUsed)
    this.#blockUsed += size
    this.#chunks.push(this.#block.subarray(0, this.#blockUsed))
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
