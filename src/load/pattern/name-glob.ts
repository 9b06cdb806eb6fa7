import { matchesWhole } from '../../model/wildcard.ts'

type Piece =
  | { readonly kind: 'star' | 'any' }
  | { readonly kind: 'char'; readonly char: string }
  | {
      readonly kind: 'class'
      readonly negated: boolean
      readonly ranges: readonly (readonly [string, string])[]
    }

export function isGlob(text: string): boolean {
  return /[*?[]/.test(text)
}

/**
 * A matcher for whole names: `*`, `?`, `[abc]`, `[a-f]`, `[!x]`, by the rules of Python's fnmatch, case counts. Its
 * time is at most the product of the lengths.
 */
export function nameGlob(pattern: string): (name: string) => boolean {
  const pieces = parse(pattern)
  return name => matches(pieces, Array.from(name))
}

function parse(pattern: string): readonly Piece[] {
  const chars = Array.from(pattern)
  const pieces: Piece[] = []
  for (let at = 0; at < chars.length; at++) {
    const char = chars[at] ?? ''
    // A `]` right after `[` or `[!` belongs to the class.
    const close = char === '[' ? chars.indexOf(']', at + (chars[at + 1] === '!' ? 3 : 2)) : -1
    if (char === '*') pieces.push({ kind: 'star' })
    else if (char === '?') pieces.push({ kind: 'any' })
    else if (close < 0) pieces.push({ kind: 'char', char })
    else {
      const negated = chars[at + 1] === '!'
      pieces.push({ kind: 'class', negated, ranges: ranges(chars.slice(at + (negated ? 2 : 1), close)) })
      at = close
    }
  }
  return pieces
}

function ranges(chars: readonly string[]): readonly (readonly [string, string])[] {
  const found: [string, string][] = []
  for (let at = 0; at < chars.length; at++) {
    const from = chars[at] ?? ''
    const to = chars[at + 1] === '-' ? chars[at + 2] : undefined
    found.push([from, to ?? from])
    if (to !== undefined) at += 2
  }
  return found
}

function matches(pieces: readonly Piece[], name: readonly string[]): boolean {
  return matchesWhole(
    {
      length: pieces.length,
      isStar: piece => pieces[piece]?.kind === 'star',
      fits: (piece, at) => matchesOne(pieces[piece] as Piece, name[at] as string),
    },
    name.length,
  )
}

function matchesOne(piece: Piece, char: string): boolean {
  switch (piece.kind) {
    case 'star':
    case 'any':
      return true
    case 'char':
      return piece.char === char
    case 'class':
      return piece.ranges.some(([from, to]) => from <= char && char <= to) !== piece.negated
  }
}
