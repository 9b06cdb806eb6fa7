/** What the start of a wrapper's output said. `ungrouped`: it needs a process group of its own, and ran nothing. */
export type Started = { readonly kind: 'started'; readonly pid: number } | { readonly kind: 'ungrouped' }

/** Of what comes before the mark, so much is kept, to be shown where the mark never comes. */
const NOISE_BYTES = 4096

/**
 * Finds the place where a step's own output starts: a login shell may have written a banner before. Feed it stdout
 * until `started` is set; stderr, as long as it is not.
 */
export class StartMark {
  readonly #mark: string
  #stdout: Buffer = Buffer.alloc(0)
  #stderr: Buffer = Buffer.alloc(0)
  #started: Started | undefined

  constructor(mark: string) {
    this.#mark = mark
  }

  get started(): Started | undefined {
    return this.#started
  }

  /** What the login shell wrote instead of starting the wrapper, stderr first. */
  get noise(): string {
    return Buffer.concat([this.#stderr, this.#stdout]).toString()
  }

  /** Returns what belongs to the step: empty as long as the mark has not come. */
  stdout(chunk: Buffer): Buffer {
    const text = this.#stdout.length === 0 ? chunk : Buffer.concat([this.#stdout, chunk])
    const at = text.indexOf(this.#mark)
    const end = at < 0 ? -1 : endOfStart(text, at + this.#mark.length)
    if (end < 0) {
      this.#stdout = Buffer.from(text.subarray(at < 0 ? -NOISE_BYTES : at))
      return EMPTY
    }
    const pid = Number(text.toString('latin1', at + this.#mark.length, end))
    this.#started = text[end] === STOP ? { kind: 'started', pid } : { kind: 'ungrouped' }
    return text.subarray(end + 1)
  }

  stderr(chunk: Buffer): void {
    this.#stderr = Buffer.concat([this.#stderr, chunk]).subarray(-NOISE_BYTES)
  }
}

/** The index of the first byte after the process id, or -1 where that has not come yet. */
function endOfStart(text: Buffer, from: number): number {
  const end = text.subarray(from).findIndex(byte => byte < ZERO || byte > NINE)
  return end < 0 ? -1 : from + end
}

const EMPTY = Buffer.alloc(0)
const STOP = 0x2e
const ZERO = 0x30
const NINE = 0x39
