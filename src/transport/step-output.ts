import type { Readable } from 'node:stream'
import type { Pipe } from './pipe.ts'
import { StartMark } from './start-mark.ts'
import type { ExecHandlers } from './transport.ts'

/** Reads both streams of a wrapper, hands on what is the step's own, and reads no further while that is not taken. */
export class StepOutput {
  readonly start: StartMark
  /** When the last bytes came, by `performance.now()`. */
  lastData = 0
  readonly #onStarted: () => void
  readonly #onDrained: () => void
  readonly #streams: readonly Readable[]
  #open = 2
  #untaken = 0
  #cut = false

  constructor(
    pipe: Pipe,
    mark: string,
    handlers: ExecHandlers,
    events: { readonly started: () => void; readonly drained: () => void },
  ) {
    this.start = new StartMark(mark)
    this.#streams = [pipe.stdout, pipe.stderr]
    this.#onStarted = events.started
    this.#onDrained = events.drained
    this.#read(pipe.stdout, chunk => {
      const own = this.start.started === undefined ? this.#begin(chunk) : chunk
      return own.length === 0 ? undefined : handlers.onStdout(own)
    })
    this.#read(pipe.stderr, chunk => {
      const own = this.start.stderr(chunk)
      return own.length === 0 ? undefined : handlers.onStderr(own)
    })
  }

  /** Both streams are read to the end, and all of it is taken. */
  get drained(): boolean {
    return this.#open === 0 && this.#untaken === 0
  }

  /** Somebody has not taken yet what was handed on. */
  get busy(): boolean {
    return this.#untaken > 0
  }

  /** Hands nothing on any more; what still comes is thrown away, so that the pipe can close. */
  cut(): void {
    this.#cut = true
    for (const stream of this.#streams) stream.resume()
  }

  #begin(chunk: Buffer): Buffer {
    const own = this.start.stdout(chunk)
    if (this.start.started !== undefined) this.#onStarted()
    return own
  }

  #read(stream: Readable, take: (chunk: Buffer) => void | Promise<void>): void {
    stream.on('data', (chunk: Buffer) => {
      if (this.#cut) return
      this.lastData = performance.now()
      const taken = take(chunk)
      if (taken !== undefined) this.#wait(stream, taken)
    })
    stream.on('end', () => {
      this.#open -= 1
      this.#check()
    })
    stream.on('error', () => {})
  }

  #wait(stream: Readable, taken: Promise<void>): void {
    stream.pause()
    this.#untaken += 1
    const go = () => {
      this.#untaken -= 1
      this.lastData = performance.now()
      stream.resume()
      this.#check()
    }
    taken.then(go, go)
  }

  #check(): void {
    if (this.drained && !this.#cut) this.#onDrained()
  }
}
