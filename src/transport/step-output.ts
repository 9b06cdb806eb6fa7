import { LIMITS } from '../model/limits.ts'
import { PacedReader } from './paced-reader.ts'
import type { Pipe } from './pipe.ts'
import type { StartMark } from './start-mark.ts'
import type { ExecHandlers } from './transport.ts'

export interface OutputEvents {
  /** What came on stderr before it was known to be the step's own. */
  readonly early?: (chunk: Buffer) => void
  readonly started: () => void
  /** So much came before the start that it cannot be a banner. */
  readonly flooded: () => void
  readonly drained: () => void
}

/** Both streams of a wrapper: finds what is the step's own, and hands it on. */
export class StepOutput {
  readonly start: StartMark
  /** When something last happened, by `performance.now()`. */
  lastActive = 0
  /** Bytes of both streams so far, the step's own and others. */
  received = 0
  readonly #readers: readonly PacedReader[]
  readonly #events: OutputEvents
  #cut = false

  constructor(pipe: Pipe, start: StartMark, handlers: ExecHandlers, events: OutputEvents) {
    this.start = start
    this.#events = events
    const changed = () => this.#check()
    const stdout = (chunk: Buffer) => {
      this.#note(chunk)
      const own = this.#stdout(chunk)
      return own.length === 0 ? undefined : handlers.onStdout(own)
    }
    const stderr = (chunk: Buffer) => {
      this.#note(chunk)
      if (this.start.started === undefined) this.#events.early?.(chunk)
      const own = this.start.stderr(chunk)
      return own.length === 0 ? undefined : handlers.onStderr(own)
    }
    this.#readers = [
      new PacedReader(pipe.stdout, stdout, changed),
      new PacedReader(pipe.stderr, stderr, changed),
    ]
  }

  /** Both streams are read to the end, and all of it is taken. */
  get drained(): boolean {
    return this.#readers.every(reader => reader.drained)
  }

  /** Somebody has not taken yet what was handed on. */
  get busy(): boolean {
    return this.#readers.some(reader => reader.busy)
  }

  /** Hands nothing on any more; what still comes is thrown away, so that the pipe can close. */
  cut(): void {
    this.#cut = true
    for (const reader of this.#readers) reader.cut()
  }

  #note(chunk: Buffer): void {
    this.lastActive = performance.now()
    this.received += chunk.length
    if (this.start.started === undefined && this.received > LIMITS.startNoiseBytes) this.#events.flooded()
  }

  #stdout(chunk: Buffer): Buffer {
    const before = this.start.started
    const own = this.start.stdout(chunk)
    if (before === undefined && this.start.started !== undefined) this.#events.started()
    return own
  }

  #check(): void {
    this.lastActive = performance.now()
    if (!this.#cut && this.drained) this.#events.drained()
  }
}
