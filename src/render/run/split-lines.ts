/** A line that does not end is cut here, so that one host cannot make drover hold its output (UTF-16 units). */
const LONGEST_LINE = 8192

/**
 * Makes lines of a stream's pieces. LF, CRLF and a lone CR end a line: a progress bar that redraws itself becomes
 * lines as it moves, and nothing that was sent gets lost.
 */
export class LineSplitter {
  #rest = ''

  /** The lines that this piece completes. */
  push(text: string): readonly string[] {
    const all = this.#rest + text
    // A CR at the end waits: the LF may come with the next piece.
    const waiting = all.endsWith('\r') ? 1 : 0
    const lines = all.slice(0, all.length - waiting).split(/\r\n|\n|\r/)
    this.#rest = (lines.pop() ?? '') + (waiting ? '\r' : '')
    if (this.#rest.length <= LONGEST_LINE && lines.every(line => line.length <= LONGEST_LINE)) return lines
    const cut = lines.flatMap(line => chop(line))
    const pieces = chop(this.#rest)
    this.#rest = pieces.pop() ?? ''
    return [...cut, ...pieces]
  }

  /** What came after the last line end, if anything did. */
  end(): readonly string[] {
    const rest = this.#rest.replace(/\r$/, '')
    const ended = rest.length < this.#rest.length
    this.#rest = ''
    return rest === '' && !ended ? [] : [rest]
  }
}

/** Pieces of at most LONGEST_LINE; a surrogate pair stays together. */
function chop(line: string): string[] {
  const pieces: string[] = []
  let from = 0
  while (line.length - from > LONGEST_LINE) {
    const splitsPair = /[\ud800-\udbff]/.test(line.charAt(from + LONGEST_LINE - 1))
    const to = from + LONGEST_LINE - (splitsPair ? 1 : 0)
    pieces.push(line.slice(from, to))
    from = to
  }
  pieces.push(line.slice(from))
  return pieces
}
