import { createRequire } from 'node:module'
import type { RE2JS } from 're2js'
import { valueFailure } from '../failure.ts'

const require = createRequire(import.meta.url)

/** Longer patterns are refused, in UTF-16 units. */
const LONGEST = 1_000
/** So many compiled patterns are kept. */
const KEPT = 200

/** Compiled patterns, the least recently made one goes first. Matching takes time linear in the text (RE2). */
class Patterns {
  readonly #known = new Map<string, RE2JS>()

  get(pattern: string): RE2JS {
    const known = this.#known.get(pattern)
    if (known !== undefined) return known
    const reason = badPattern(pattern)
    if (reason !== undefined) throw valueFailure(reason)
    const compiled = compile(pattern)
    const [oldest] = this.#known.keys()
    if (this.#known.size >= KEPT && oldest !== undefined) this.#known.delete(oldest)
    this.#known.set(pattern, compiled)
    return compiled
  }
}

const PATTERNS = new Patterns()

/** Why a text is no regular expression of RE2; undefined where it is one. */
export function badPattern(pattern: string): string | undefined {
  if (pattern.length > LONGEST) return `the regular expression is longer than ${LONGEST} characters`
  try {
    compile(pattern)
    return undefined
  } catch (error) {
    const told = error instanceof Error ? error.message.replace(/^error parsing regexp: /, '') : String(error)
    return `the regular expression is wrong: ${told}`
  }
}

/** The engine is loaded when it is needed: few playbooks have a regular expression, and it costs them 5 ms. */
function compile(pattern: string): RE2JS {
  const { RE2JS } = require('re2js') as typeof import('re2js')
  return RE2JS.compile(pattern)
}

export function matches(text: string, pattern: string): boolean {
  return PATTERNS.get(pattern).matcher(text).find()
}

/** The first group of the first match, or all of it where the pattern has no groups. */
export function find(text: string, pattern: string): string | undefined {
  const matcher = PATTERNS.get(pattern).matcher(text)
  return matcher.find() ? (matcher.group(matcher.groupCount() > 0 ? 1 : 0) ?? '') : undefined
}

export function findAll(text: string, pattern: string): string[] {
  const matcher = PATTERNS.get(pattern).matcher(text)
  const found: string[] = []
  while (matcher.find()) found.push(matcher.group(matcher.groupCount() > 0 ? 1 : 0) ?? '')
  return found
}

/** All matches replaced; `\1` … `\9` in the replacement are groups, `\\` is a backslash. */
export function replace(text: string, pattern: string, replacement: string): string {
  const matcher = PATTERNS.get(pattern).matcher(text)
  let result = ''
  let at = 0
  while (matcher.find()) {
    result += text.slice(at, matcher.start())
    result += replacement.replace(/\\([\\\d])/g, (_, mark: string) => {
      if (mark === '\\') return mark
      return Number(mark) > matcher.groupCount() ? '' : (matcher.group(Number(mark)) ?? '')
    })
    at = matcher.end()
  }
  return result + text.slice(at)
}
