import { closeSync, openSync, readSync } from 'node:fs'

/** How much is read at once; a longer line is read whole all the same. */
const CHUNK = 256 << 10

/**
 * Reads a file of lines that another process may be appending to. A line that has no end yet is read again later: it may
 * be going on, or be cut off and another one take its place.
 */
export class GrowingLines {
  readonly #path: string
  #fd: number | undefined
  #offset = 0

  constructor(path: string) {
    this.#path = path
  }

  /**
   * Whole lines with their line ends, not many more than fit a chunk; none where there are no further ones by now.
   * @throws NodeJS.ErrnoException for anything but a file that is not there yet
   */
  next(): Buffer {
    const fd = this.#open()
    if (fd === undefined) return NONE
    for (let size = CHUNK; ; size *= 2) {
      const bytes = Buffer.allocUnsafe(size)
      const read = bytes.subarray(0, readSync(fd, bytes, 0, size, this.#offset))
      const end = read.lastIndexOf(0x0a) + 1
      this.#offset += end
      if (end > 0 || read.length < size) return read.subarray(0, end)
    }
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd)
    this.#fd = undefined
  }

  #open(): number | undefined {
    try {
      this.#fd ??= openSync(this.#path, 'r')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
    return this.#fd
  }
}

const NONE = Buffer.alloc(0)
