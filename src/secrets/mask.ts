import type { Matcher } from './matcher.ts'

/** What stands in place of a secret. */
export const MASKED = '***'

/** Takes secrets out of one stream of text that comes in pieces. */
export class StreamMask {
  readonly #matcher: Matcher
  /** What may be the beginning of a secret: shorter than the longest one. */
  #held = ''
  /** How much of the beginning of `#held` belongs to a secret that was masked. */
  #covered = 0
  #masked = false

  constructor(matcher: Matcher) {
    this.#matcher = matcher
  }

  /** Whether a secret was found so far. */
  get masked(): boolean {
    return this.#masked
  }

  /** What can be shown once this piece has come, too. */
  push(piece: string): string {
    const text = this.#held === '' ? piece : this.#held + piece
    return this.#take(text, this.#matcher.openEnd(text))
  }

  /** The rest, since nothing more comes. */
  end(): string {
    const text = this.#held
    return this.#take(text, text.length)
  }

  /** Secrets that start before `open` are taken out, and what stands from there on is held. */
  #take(text: string, open: number): string {
    let shown = ''
    let done = this.#covered
    for (let from = 0; from < open; ) {
      const match = this.#matcher.find(text, from)
      if (match === undefined || match.start >= open) break
      this.#masked = true
      if (match.start >= done) shown += text.slice(done, match.start) + MASKED
      done = Math.max(done, match.end)
      // One may begin inside of another.
      from = match.start + 1
    }
    if (done < open) shown += text.slice(done, open)
    this.#held = text.slice(open)
    this.#covered = Math.max(0, done - open)
    return shown
  }
}

/** A text that is whole, without secrets. */
export function maskText(matcher: Matcher, text: string): string {
  if (matcher.find(text, 0) === undefined) return text
  const mask = new StreamMask(matcher)
  return mask.push(text) + mask.end()
}
