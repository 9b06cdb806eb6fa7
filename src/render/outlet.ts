import type { Writable } from 'node:stream'

/** What renderers need of an output stream; a terminal also has a size. */
export type OutputStream = Writable & {
  readonly isTTY?: boolean
  readonly columns?: number
  readonly rows?: number
}

/**
 * A way out that never breaks a run: a reader that goes away (EPIPE) silences it, a reader that is slow shows as a
 * promise.
 */
export class Outlet {
  readonly stream: OutputStream
  #closed = false
  #drained: Promise<void> | undefined
  #release: () => void = () => {}

  constructor(stream: OutputStream) {
    this.stream = stream
    stream.on('error', () => this.#close())
    stream.on('close', () => this.#close())
  }

  /** @returns a promise while the stream is full: writing on before it resolves would only grow memory */
  write(text: string): Promise<void> | undefined {
    if (this.#closed || text === '') return undefined
    if (this.stream.destroyed || this.stream.writableEnded) return undefined
    if (this.stream.write(text)) return this.#drained
    this.#drained ??= this.#waitForDrain()
    return this.#drained
  }

  #waitForDrain(): Promise<void> {
    return new Promise(resolve => {
      this.#release = () => {
        this.stream.off('drain', this.#release)
        this.#drained = undefined
        resolve()
      }
      this.stream.once('drain', this.#release)
    })
  }

  #close(): void {
    this.#closed = true
    this.#release()
  }
}

/** One promise for several writes; none when nothing has to wait. */
export function allWritten(writes: readonly (Promise<void> | undefined)[]): Promise<void> | undefined {
  const waiting = writes.filter(write => write !== undefined)
  return waiting.length === 0 ? undefined : Promise.all(waiting).then(() => {})
}
