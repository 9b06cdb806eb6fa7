import { type Finder, type Match, SHORTEST } from './matcher.ts'

/** What stands in place of a secret. */
const MASKED = '***'

/** Takes secrets out of one stream of text that comes in pieces. */
export class StreamMask {
  readonly #finder: Finder
  /** What may be the beginning of a secret: shorter than the longest one. */
  #held = ''
  /** How much of the beginning of `#held` belongs to a secret that was masked. */
  #covered = 0
  #masked = false

  constructor(finder: Finder) {
    this.#finder = finder
  }

  /** Whether a secret was found so far. */
  get masked(): boolean {
    return this.#masked
  }

  /** What can be shown once this piece has come, too. */
  push(piece: string): string {
    const text = this.#held === '' ? piece : this.#held + piece
    const { matches, open } = this.#finder.look(text)
    // What is spelled by more than this is nothing that anybody waits for.
    return this.#take(text, matches, Math.max(open, text.length - this.#finder.reach))
  }

  /** The rest, since nothing more comes. */
  end(): string {
    const text = this.#held
    return text === '' ? '' : this.#take(text, this.#finder.look(text, true).matches, text.length)
  }

  /** Secrets that start before `open` are taken out, and what stands from there on is held. */
  #take(text: string, matches: readonly Match[], open: number): string {
    const own = matches.filter(({ start }) => start < open)
    if (own.length > 0) this.#masked = true
    const { shown, done } = maskedUntil(open, own, text, this.#covered)
    this.#held = text.slice(open)
    this.#covered = Math.max(0, done - open)
    return shown
  }
}

/** A text that is whole, without secrets, or what an ellipsis has left of them. */
export function maskText(finder: Finder, text: string): string {
  const { matches } = finder.look(text, true)
  const cut = text.includes(ELLIPSIS) ? cutMatches(finder, text) : []
  if (matches.length + cut.length === 0) return text
  const all = [...matches, ...cut].sort((a, b) => a.start - b.start)
  return maskedUntil(text.length, all, text).shown
}

/** What stands where drover has cut a line of a host, before it was masked. */
const ELLIPSIS = '…'

/**
 * The beginnings of secrets that an ellipsis follows, if they are long enough to tell something. They have none in them:
 * a text of nothing but ellipses is looked at once.
 */
function cutMatches(finder: Finder, text: string): readonly Match[] {
  const found: Match[] = []
  let before = 0
  for (let end = text.indexOf(ELLIPSIS); end >= 0; end = text.indexOf(ELLIPSIS, before)) {
    const from = Math.max(before, end - finder.reach)
    const start = end - from < SHORTEST ? end : from + finder.look(text.slice(from, end)).open
    if (end - start >= SHORTEST) found.push({ start, end })
    before = end + 1
  }
  return found
}

/** What is shown of the text before `open`, if so much of it is `covered`; up to where secrets cover it. */
function maskedUntil(
  open: number,
  matches: readonly Match[],
  text: string,
  covered = 0,
): { readonly shown: string; readonly done: number } {
  let shown = ''
  let done = covered
  for (const { start, end } of matches) {
    if (start >= done) shown += text.slice(done, start) + MASKED
    done = Math.max(done, end)
  }
  if (done < open) shown += text.slice(done, open)
  return { shown, done }
}
