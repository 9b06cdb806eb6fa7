import type { Text } from '../model/playbook.ts'
import type { Problem } from '../model/problem.ts'

/** A piece of a text: literal characters, or the inside of one `${{ }}`. */
export type Segment =
  | { readonly kind: 'literal'; readonly text: string }
  | {
      readonly kind: 'expression'
      readonly source: string
      /** Where `source` starts in the text, in UTF-16 units. */
      readonly offset: number
    }

const OPEN = '${{'
/** How a literal `${{` is written. */
const ESCAPED_OPEN = '$${{'

/**
 * Cuts a text at its expressions. `}}` inside a CEL string or map literal does not end one, and `$${{` is a
 * literal `${{`. Linear in the text.
 */
export function scanText(text: Text): { segments: Segment[]; problems: Problem[] } {
  const { value } = text
  const segments: Segment[] = []
  const problems: Problem[] = []
  let literal = ''
  let at = 0
  while (at < value.length) {
    const dollar = value.indexOf('$', at)
    if (dollar === -1) break
    literal += value.slice(at, dollar)
    if (value.startsWith(ESCAPED_OPEN, dollar)) {
      literal += OPEN
      at = dollar + ESCAPED_OPEN.length
    } else if (value.startsWith(OPEN, dollar)) {
      const start = dollar + OPEN.length
      const end = endOfExpression(value, start)
      if (end === undefined) {
        problems.push(unclosed(text, dollar))
        return { segments, problems }
      }
      if (literal !== '') segments.push({ kind: 'literal', text: literal })
      literal = ''
      segments.push(trimmed(value, start, end))
      at = end + 2
    } else {
      literal += '$'
      at = dollar + 1
    }
  }
  literal += value.slice(at)
  if (literal !== '') segments.push({ kind: 'literal', text: literal })
  return { segments, problems }
}

function trimmed(value: string, start: number, end: number): Segment {
  const inner = value.slice(start, end)
  const source = inner.trim()
  const lead = inner.length - inner.trimStart().length
  return { kind: 'expression', source, offset: start + (source === '' ? 0 : lead) }
}

/** The index of the `}}` that closes an expression whose inside starts at `start`. */
function endOfExpression(value: string, start: number): number | undefined {
  let depth = 0
  for (let at = start; at < value.length; at++) {
    const char = value[at]
    if (char === '"' || char === "'") {
      const end = endOfString(value, at)
      if (end === undefined) return undefined
      at = end
    } else if (char === '{') depth++
    else if (char === '}') {
      if (depth > 0) depth--
      else if (value[at + 1] === '}') return at
    }
  }
  return undefined
}

/** The index of the last character of the CEL string literal at `start`, single or triple quoted. */
export function endOfString(value: string, start: number): number | undefined {
  const mark = value[start] as string
  const triple = value.startsWith(mark.repeat(3), start)
  const close = triple ? mark.repeat(3) : mark
  for (let at = start + close.length; at < value.length; at++) {
    if (value[at] === '\\') at++
    else if (value.startsWith(close, at)) return at + close.length - 1
  }
  return undefined
}

function unclosed(text: Text, offset: number): Problem {
  return {
    code: 'expression_syntax',
    severity: 'error',
    message: 'this ${{ is not closed by }}',
    where: text.at(offset, OPEN.length),
    hint: `close it, quote the whole value if YAML cut it, or write ${ESCAPED_OPEN} for a literal \${{`,
  }
}
