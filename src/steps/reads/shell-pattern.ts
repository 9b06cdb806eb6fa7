import type { Segment, Text } from './shell-text.ts'

export type Match = 'yes' | 'no' | 'maybe'

/** Longer texts are not compared. */
const LONGEST = 1000

/** Whether a text fits a pattern of the shell, as in `case`. What locales may see differently is a maybe. */
export function matches(pattern: readonly Segment[], text: Text): Match {
  if (text === undefined || text.length > LONGEST || text.includes('\0')) return 'maybe'
  const pieces = pattern.map(piecesOf)
  if (pieces.includes(undefined)) return 'maybe'
  const all = pieces.flatMap(some => some ?? [])
  // What is one character in one locale is several in another.
  if (all.some(({ kind }) => kind === 'one') && !/^[ -~\t\n]*$/.test(text)) return 'maybe'
  if (!fits(all, text)) return 'no'
  return all.some(piece => piece.kind === 'one' && piece.among === undefined) ? 'maybe' : 'yes'
}

/** The text without what fits the pattern at its start (`#`) or its end (`%`): the shortest, or the longest. */
export function stripped(text: string, operator: '#' | '##' | '%' | '%%', pattern: readonly Segment[]): Text {
  if (text.length > LONGEST) return undefined
  const lengths = Array.from({ length: text.length + 1 }, (_, length) => length)
  const fromStart = operator.startsWith('#')
  for (const length of operator.length === 1 ? lengths : lengths.reverse()) {
    const at = fromStart ? length : text.length - length
    const [start, end] = [text.slice(0, at), text.slice(at)]
    const match = matches(pattern, fromStart ? start : end)
    if (match === 'maybe') return undefined
    if (match === 'yes') return fromStart ? end : start
  }
  return text
}

type Piece =
  | { readonly kind: 'any' }
  | { readonly kind: 'char'; readonly char: string }
  /** Without `among` it is not known which characters fit. */
  | { readonly kind: 'one'; readonly among?: (char: string) => boolean }

const ANY_ONE: Piece = { kind: 'one', among: () => true }

/** Undefined where it is not known what they are. */
function piecesOf({ text, kind }: Segment): readonly Piece[] | undefined {
  if (text === undefined || text.includes('\0')) return undefined
  if (kind === 'quoted') return Array.from(text, charPiece)
  const texts = text.match(/\*|\?|\[[!^]?\]?[^\]]*\]|./gsu) ?? []
  // A set may go on in what is quoted, and hold others.
  if (texts.some(piece => /^\[$|\[[:.=]|\\/.test(piece))) return undefined
  return texts.map(piece => {
    if (piece === '*') return { kind: 'any' }
    if (piece === '?') return ANY_ONE
    return piece.startsWith('[') ? setPiece(piece) : charPiece(piece)
  })
}

const charPiece = (char: string): Piece => ({ kind: 'char', char })

function setPiece(set: string): Piece {
  const [, negation = '', members = ''] = /^\[(!?)(.*)\]$/s.exec(set) ?? []
  // Ranges and classes are what the locale says.
  if (!/^[a-zA-Z0-9/_.,:@%+ ]+$/.test(members)) return { kind: 'one' }
  return { kind: 'one', among: char => members.includes(char) !== (negation === '!') }
}

/** As far as it is known which characters fit. */
function fits(pieces: readonly Piece[], text: string): boolean {
  const chars = Array.from(text)
  let [piece, at] = [0, 0]
  let again: { readonly piece: number; at: number } | undefined
  while (at < chars.length) {
    const next = pieces[piece]
    if (next?.kind === 'any') {
      again = { piece, at }
      piece += 1
    } else if (next !== undefined && takes(next, chars[at] as string)) {
      piece += 1
      at += 1
    } else if (again === undefined) return false
    else {
      again.at += 1
      piece = again.piece + 1
      at = again.at
    }
  }
  return pieces.slice(piece).every(({ kind }) => kind === 'any')
}

function takes(piece: Piece, char: string): boolean {
  switch (piece.kind) {
    case 'any':
      return true
    case 'char':
      return piece.char === char
    case 'one':
      return piece.among === undefined || piece.among(char)
  }
}
