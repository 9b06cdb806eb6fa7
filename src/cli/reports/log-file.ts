import { closeSync, openSync, writeSync } from 'node:fs'

/** Appends to a file as it goes. What cannot be written is left out, and the gap is marked once writing works again. */
export class LogFile {
  readonly #fd: number
  readonly #tell: (error: NodeJS.ErrnoException) => void
  #isTold = false
  #lost = 0
  #isTorn = false
  #isClosed = false

  /**
   * @param tell called once, the first time that something cannot be written
   * @throws where the file cannot be opened
   */
  constructor(path: string, tell: (error: NodeJS.ErrnoException) => void) {
    // Only its owner reads a new one; an existing one stays as it is.
    this.#fd = openSync(path, 'a', 0o600)
    this.#tell = tell
  }

  /** @param text whole lines */
  append(text: string): void {
    if (this.#isClosed) return
    const gap =
      this.#lost === 0 ? '' : `${this.#isTorn ? '\n' : ''}… ${this.#lost} lines are missing here …\n`
    const bytes = Buffer.from(gap + text)
    let done = 0
    try {
      while (done < bytes.length) done += writeSync(this.#fd, bytes, done)
      this.#lost = 0
      this.#isTorn = false
    } catch (error) {
      this.#lost += text.split('\n').length - 1
      if (done > 0) this.#isTorn = bytes[done - 1] !== 0x0a
      if (!this.#isTold) this.#tell(error as NodeJS.ErrnoException)
      this.#isTold = true
    }
  }

  /** May be called again. */
  close(): void {
    if (!this.#isClosed) closeSync(this.#fd)
    this.#isClosed = true
  }
}
