import { endOfString } from './scan.ts'

/** One part of `default(x, y)` or `a ? b : c`. */
const CALL = /^[A-Za-z_]\w*\s*\(/

/** The arguments of a call as they are written; undefined where the source is no plain call. */
export function argumentSources(source: string): readonly string[] | undefined {
  const call = withoutParentheses(source)
  const opening = CALL.exec(call)?.[0]
  if (opening === undefined || !call.endsWith(')')) return undefined
  return cut(call.slice(opening.length, -1), char => char === ',')
}

/** Condition and both branches of `a ? b : c` as they are written. */
export function ternarySources(source: string): readonly string[] | undefined {
  let open = 0
  let separators = 0
  const parts = cut(withoutParentheses(source), char => {
    if (char === '?') return open++ === 0 && separators++ === 0
    if (char !== ':') return false
    return --open === 0 && separators++ === 1
  })
  return parts?.length === 3 ? parts : undefined
}

function withoutParentheses(source: string): string {
  let inner = source.trim()
  while (inner.startsWith('(') && endOfGroup(inner) === inner.length - 1) inner = inner.slice(1, -1).trim()
  return inner
}

/** The index of the parenthesis that closes the one at the start. */
function endOfGroup(source: string): number | undefined {
  let end: number | undefined
  walk(source, (char, at, depth) => {
    if (char === ')' && depth === 0) end ??= at
  })
  return end
}

/** Cuts at the characters outside all brackets and strings that `isSeparator` takes. */
function cut(source: string, isSeparator: (char: string) => boolean): readonly string[] | undefined {
  const parts: string[] = []
  let start = 0
  const isWhole = walk(source, (char, at, depth) => {
    if (depth > 0 || !isSeparator(char)) return
    parts.push(source.slice(start, at))
    start = at + 1
  })
  return isWhole ? [...parts, source.slice(start)] : undefined
}

/**
 * Visits the characters outside string literals, with the number of brackets around them (a bracket itself counts
 * as outside of what it opens or closes). False for an unclosed string or a comment: the text is not followed then.
 */
function walk(source: string, visit: (char: string, at: number, depth: number) => void): boolean {
  let depth = 0
  for (let at = 0; at < source.length; at++) {
    const char = source[at] as string
    if (source.startsWith('//', at)) return false
    if (char === '"' || char === "'") {
      const end = endOfString(source, at)
      if (end === undefined) return false
      at = end
    } else {
      if (')]}'.includes(char)) depth--
      visit(char, at, depth)
      if ('([{'.includes(char)) depth++
    }
  }
  return true
}
