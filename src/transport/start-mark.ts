/** What the start of a wrapper's output said. `ungrouped`: it needs a process group of its own, and ran nothing. */
export type Started = { readonly kind: 'started'; readonly pid: number } | { readonly kind: 'ungrouped' }

/** Of what comes before the mark, so much is kept, to be shown where the mark never comes. */
const NOISE_BYTES = 4096

/** The mark with what follows it, a number or the line about the lock, is shorter. In bytes. */
const LONGEST_START = 8192

/**
 * Finds the place where a step's own output starts: a login shell may have written a banner before. Where both streams
 * are to be told apart from it, the mark stands on both, since nothing says in which order they arrive.
 */
export class StartMark {
  readonly #mark: string
  readonly #stdoutNoise = new Noise()
  readonly #stderrNoise = new Noise()
  #started: Started | undefined
  #stderrStarted: boolean
  #stderrQuiet = false
  #lockReport: string | undefined

  constructor(mark: string, stderrMarked: boolean) {
    this.#mark = mark
    this.#stderrStarted = !stderrMarked
  }

  get started(): Started | undefined {
    return this.#started
  }

  /** The mark on stderr was the first thing there. */
  get stderrQuiet(): boolean {
    return this.#stderrQuiet
  }

  /** The line about the host's lock, which comes before the start. */
  get lockReport(): string | undefined {
    return this.#lockReport
  }

  /** What the login shell wrote instead of starting the wrapper, stderr first. */
  get noise(): string {
    return `${this.#stderrNoise.text} ${this.#stdoutNoise.text}`
  }

  /** Returns what belongs to the step. */
  stdout(chunk: Buffer): Buffer {
    if (this.#started !== undefined) return chunk
    const text = this.#pastLock(this.#stdoutNoise.add(chunk))
    const at = text.indexOf(this.#mark)
    const end = at < 0 ? -1 : endOfDigits(text, at + this.#mark.length)
    if (end < 0 || text[end] === LOCK) return this.#stdoutNoise.keep(text, at)
    const pid = Number(text.toString('latin1', at + this.#mark.length, end))
    this.#started = text[end] === STOP ? { kind: 'started', pid } : { kind: 'ungrouped' }
    return text.subarray(end + 1)
  }

  /** What follows the line about the lock, once that is there. */
  #pastLock(text: Buffer): Buffer {
    const at = text.indexOf(`${this.#mark}[`)
    const end = at < 0 ? -1 : text.indexOf('\n', at)
    if (end < 0) return text
    this.#lockReport = text.toString('utf8', at + this.#mark.length + 1, end)
    return text.subarray(end + 1)
  }

  /** Returns what belongs to the step. */
  stderr(chunk: Buffer): Buffer {
    if (this.#stderrStarted) return chunk
    const text = this.#stderrNoise.add(chunk)
    const at = text.indexOf(this.#mark)
    if (at < 0) return this.#stderrNoise.keep(text, at)
    this.#stderrStarted = true
    this.#stderrQuiet = at === 0
    return text.subarray(at + this.#mark.length)
  }
}

/** The tail of what came before the mark, which may hold the mark's first part. */
class Noise {
  #kept: Buffer = EMPTY

  get text(): string {
    return this.#kept.toString()
  }

  add(chunk: Buffer): Buffer {
    return this.#kept.length === 0 ? chunk : Buffer.concat([this.#kept, chunk])
  }

  /** @param from where the mark begins whose end is still to come, or -1 */
  keep(text: Buffer, from: number): Buffer {
    const isMark = from >= 0 && text.length - from <= LONGEST_START
    this.#kept = Buffer.from(text.subarray(isMark ? from : -NOISE_BYTES))
    return EMPTY
  }
}

/** The index of the first byte after the process id, or -1 where that has not come yet. */
function endOfDigits(text: Buffer, from: number): number {
  const end = text.subarray(from).findIndex(byte => byte < ZERO || byte > NINE)
  return end < 0 ? -1 : from + end
}

const EMPTY = Buffer.alloc(0)
const STOP = 0x2e
const LOCK = 0x5b
const ZERO = 0x30
const NINE = 0x39
