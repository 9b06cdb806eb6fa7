import type { Fault } from './ini-lines.ts'

/** A word of a host line, unquoted. `offset` and `end` are where it stands in the line, quotes included. */
export interface HostWord {
  readonly text: string
  readonly offset: number
  readonly end: number
}

export interface HostLine {
  readonly words: readonly HostWord[]
  /** Where a `#` that touches a word cut it off. */
  readonly cut?: number
}

const SPACE = /[ \t\r\n]/

/**
 * Splits a host line as Ansible does: like a POSIX shell, by the rules of Python's `shlex.split(comments=True)`. So
 * `#` starts a comment even inside an unquoted word, and in double quotes a backslash only escapes `"` and itself.
 */
export function splitHostLine(line: string): HostLine | Fault {
  const words: HostWord[] = []
  let at = 0
  while (at < line.length) {
    const char = line[at] ?? ''
    if (SPACE.test(char)) at++
    else if (char === '#') return { words }
    else {
      const word = readWord(line, at)
      if ('code' in word) return word
      words.push(word)
      at = word.end
      if (line[at] === '#') return { words, cut: at }
    }
  }
  return { words }
}

/** One word from `start` to the next white space, `#` or end. */
function readWord(line: string, start: number): HostWord | Fault {
  let text = ''
  let at = start
  while (at < line.length && line[at] !== '#' && !SPACE.test(line[at] ?? '')) {
    const piece = readPiece(line, at)
    if ('code' in piece) return piece
    text += piece.text
    at = piece.end
  }
  return { text, offset: start, end: at }
}

interface Piece {
  readonly text: string
  readonly end: number
}

/** A quoted string, an escaped character, or one that stands for itself. */
function readPiece(line: string, at: number): Piece | Fault {
  const char = line[at] ?? ''
  if (char === "'" || char === '"') {
    const hint = `write ${char} once more, or escape it with \\`
    const quoted = char === "'" ? readSingle(line, at) : readDouble(line, at)
    return quoted ?? fault('a quote is never closed', at, line.length - at, hint)
  }
  if (char !== '\\') return { text: char, end: at + 1 }
  const next = line[at + 1]
  if (next === undefined) {
    const hint = 'a host and its variables stand on one line'
    return fault('a line cannot be continued with a backslash', at, 1, hint)
  }
  return { text: next, end: at + 2 }
}

function readSingle(line: string, start: number): Piece | undefined {
  const end = line.indexOf("'", start + 1)
  return end < 0 ? undefined : { text: line.slice(start + 1, end), end: end + 1 }
}

function readDouble(line: string, start: number): Piece | undefined {
  let text = ''
  for (let at = start + 1; at < line.length; at++) {
    const char = line[at] ?? ''
    const next = line[at + 1]
    if (char === '"') return { text, end: at + 1 }
    if (char === '\\' && (next === '"' || next === '\\')) at++
    text += char === '\\' && (next === '"' || next === '\\') ? next : char
  }
  return undefined
}

function fault(message: string, offset: number, length: number, hint?: string): Fault {
  return { code: 'inventory_syntax', message, offset, length, hint }
}
