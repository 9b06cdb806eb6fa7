/** Part of a line, as offsets into the file. */
interface Piece {
  readonly from: number
  readonly to: number
}

/**
 * Where the characters of a plain or single-quoted text stand: its lines are trimmed where they meet, and folded.
 * @param quote how many characters a `'` of the text takes in the file
 */
export function flowOffsets(source: string, start: number, end: number, quote: 1 | 2): number[] {
  const offsets: number[] = []
  const [first, ...rest] = trimmedLines(source, start, end)
  if (first === undefined) return offsets
  pushPiece(source, first, quote, offsets)
  let last = first
  let empty = 0
  for (const [index, line] of rest.entries()) {
    if (line.from >= line.to && index < rest.length - 1) {
      empty++
      continue
    }
    for (let n = Math.max(1, empty); n > 0; n--) offsets.push(last.to)
    pushPiece(source, line, quote, offsets)
    last = line
    empty = 0
  }
  offsets.push(end)
  return offsets
}

function pushPiece(source: string, piece: Piece, quote: 1 | 2, offsets: number[]): void {
  for (let at = piece.from; at < piece.to; at += source[at] === "'" ? quote : 1) offsets.push(at)
}

/** The lines between two offsets, without the spaces and tabs on either side of each line end. */
function trimmedLines(source: string, start: number, end: number): Piece[] {
  const pieces: Piece[] = []
  let from = start
  for (;;) {
    const newline = source.indexOf('\n', from)
    const isLast = newline === -1 || newline >= end
    const begin = pieces.length === 0 ? from : Math.min(blanksAfter(source, from), end)
    if (isLast) return [...pieces, { from: begin, to: end }]
    const lineEnd = source[newline - 1] === '\r' ? newline - 1 : newline
    pieces.push({ from: begin, to: Math.max(begin, blanksBefore(source, lineEnd)) })
    from = newline + 1
  }
}

const isBlank = (char: string | undefined) => char === ' ' || char === '\t'

/** Where the spaces and tabs end that start at `at`. */
function blanksAfter(text: string, at: number): number {
  let end = at
  while (isBlank(text[end])) end++
  return end
}

/** Where the spaces and tabs start that end at `at`. */
function blanksBefore(text: string, at: number): number {
  let start = at
  while (isBlank(text[start - 1])) start--
  return start
}

const HEX_DIGITS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 }

/** Where the characters of a double-quoted text stand: escapes and folds, with the white space around line ends gone. */
export function doubleQuotedOffsets(source: string, start: number, end: number): number[] {
  const offsets: number[] = []
  let at = start
  while (at < end) {
    const blanks = Math.min(blanksAfter(source, at), end)
    const fold = foldAt(source, blanks)
    if (fold !== undefined) {
      for (let n = fold.characters; n > 0; n--) offsets.push(at)
      at = fold.end
    } else if (blanks > at) while (at < blanks) offsets.push(at++)
    else if (source[at] === '\\') at = pushEscape(source, at, offsets)
    else offsets.push(at++)
  }
  offsets.push(end)
  return offsets
}

/** Line ends and the white space after them, if `at` is at one: one line end is a space, n of them are n - 1. */
function foldAt(
  source: string,
  at: number,
): { readonly characters: number; readonly end: number } | undefined {
  const found = /\r?\n[ \t\r\n]*/y
  found.lastIndex = at
  const match = found.exec(source)
  if (match === null) return undefined
  const lineEnds = match[0].split('\n').length - 1
  return { characters: Math.max(1, lineEnds - 1), end: at + match[0].length }
}

/** Adds what the escape at `at` stands for; returns where it ends. An escaped line end stands for nothing. */
function pushEscape(source: string, at: number, offsets: number[]): number {
  const lineEnd = /\\\r?\n[ \t]*/y
  lineEnd.lastIndex = at
  const skipped = lineEnd.exec(source)
  if (skipped !== null) return at + skipped[0].length
  const end = at + 2 + (HEX_DIGITS[source[at + 1] ?? ''] ?? 0)
  offsets.push(at)
  if (Number.parseInt(source.slice(at + 2, end), 16) > 0xffff) offsets.push(at)
  return end
}
