import { isIPv6 } from 'node:net'

/** One part of a host pattern. `add` terms come first, then `keep`, then `drop`, wherever they stand. */
export interface PatternTerm {
  readonly mode: 'add' | 'keep' | 'drop'
  /** Without `&` or `!`. */
  readonly text: string
  /** Where `text` starts in the pattern. */
  readonly offset: number
}

/** What is wrong with a part of a pattern. */
export interface PatternFault {
  readonly code: 'pattern_syntax' | 'pattern_unknown'
  readonly message: string
  readonly offset: number
  readonly length: number
  readonly hint?: string | undefined
}

/**
 * Splits `web,db`, `web:&prod:!web3`. Commas and colons separate, but not inside brackets, nor in an IPv6 address;
 * inside a regular expression not in parentheses or braces either.
 */
export function patternTerms(pattern: string): readonly PatternTerm[] | PatternFault {
  const terms: PatternTerm[] = []
  for (const [start, end] of pieces(pattern, 0, pattern.length, ',')) {
    const whole = trimmed(pattern, start, end)
    const parts = isIPv6(whole.text) ? [[start, end] as const] : pieces(pattern, start, end, ':')
    for (const [from, to] of parts) {
      const term = trimmed(pattern, from, to)
      if (term.text === '' && term.mode === 'add') continue
      const fault = termFault(term)
      if (fault !== undefined) return fault
      terms.push(term)
    }
  }
  if (terms.length > 0) return terms
  return syntax('the pattern names no host', 0, Math.max(pattern.length, 1), 'write all for every host')
}

type Span = readonly [start: number, end: number]

/** The spans between separators that stand outside brackets. */
function pieces(pattern: string, start: number, end: number, separator: ',' | ':'): Span[] {
  const spans: Span[] = []
  let from = start
  while (from <= end) {
    const to = pieceEnd(pattern, from, end, separator)
    spans.push([from, to])
    from = to + 1
  }
  return spans
}

const PLAIN_CLOSERS: Readonly<Record<string, string>> = { '[': ']' }
const REGEX_CLOSERS: Readonly<Record<string, string>> = { '[': ']', '(': ')', '{': '}' }

/** Where the piece that starts at `from` ends. In a class, `[` and parentheses are characters like any other. */
function pieceEnd(pattern: string, from: number, end: number, separator: string): number {
  const isRegex = /^\s*[&!]?\s*~/.test(pattern.slice(from, end))
  const closersOf = isRegex ? REGEX_CLOSERS : PLAIN_CLOSERS
  const closers: string[] = []
  for (let at = from; at < end; at++) {
    const char = pattern[at] ?? ''
    const closer = closers.at(-1) === ']' ? undefined : closersOf[char]
    if (isRegex && char === '\\') at++
    else if (char === closers.at(-1)) closers.pop()
    else if (closer !== undefined) closers.push(closer)
    else if (char === separator && closers.length === 0) return at
  }
  return end
}

function trimmed(pattern: string, start: number, end: number): PatternTerm {
  const piece = pattern.slice(start, end)
  const text = piece.trim()
  const offset = start + piece.length - piece.trimStart().length
  if (!/^[&!]/.test(text)) return { mode: 'add', text, offset }
  const bare = text.slice(1).trimStart()
  return {
    mode: text.startsWith('&') ? 'keep' : 'drop',
    text: bare,
    offset: offset + text.length - bare.length,
  }
}

function termFault({ mode, text, offset }: PatternTerm): PatternFault | undefined {
  if (text === '') return syntax(`no name follows ${mode === 'keep' ? '&' : '!'}`, offset - 1, 1)
  if (/^[&!]/.test(text)) return syntax('& and ! cannot follow each other', offset, 1)
  if (text.startsWith('~')) return undefined
  const space = text.search(/\s/)
  if (space >= 0 && !text.startsWith('@')) {
    return syntax('white space inside a pattern', offset + space, 1, 'separate patterns by commas')
  }
  const open = text.lastIndexOf('[')
  if (open > text.lastIndexOf(']'))
    return syntax('a bracket is never closed', offset + open, text.length - open)
  return undefined
}

export function syntax(message: string, offset: number, length: number, hint?: string): PatternFault {
  return { code: 'pattern_syntax', message, offset, length, hint }
}
