import type { Where } from '../../model/problem.ts'

/** A line of an OpenSSH configuration that says something. */
export interface Directive {
  /** In lower case. */
  readonly keyword: string
  /** What stands behind it, as it is written: for keywords that take the rest of the line. */
  readonly rest: string
  readonly where: Where
}

/** The lines of a file that are not empty and no comments. */
export function directivesOf(text: string, file: string): readonly Directive[] {
  return text.split('\n').flatMap((line, index) => {
    const source = line.trimEnd()
    const [, indent = '', keyword = '', rest = ''] =
      /^(\s*)"?([^\s"=#][^\s"=]*)"?(?:[ \t\f\r]*=[ \t\f\r]*|[ \t\f\r]+|$)(.*)$/.exec(source) ?? []
    if (keyword === '') return []
    const where = { file, line: index + 1, col: indent.length + 1, length: keyword.length, source }
    return [{ keyword: keyword.toLowerCase(), rest, where }]
  })
}

/**
 * Splits what stands behind a keyword as OpenSSH does: at blanks, with single and double quotes and backslashes before
 * quotes, backslashes and blanks; `#` at the start of a word begins a comment. Undefined: a quote is not closed.
 */
export function splitWords(text: string): readonly string[] | undefined {
  const words: string[] = []
  let at = 0
  for (;;) {
    while (text[at] === ' ' || text[at] === '\t') at++
    if (at >= text.length || text[at] === '#') return words
    const word = readWord(text, at)
    if (word === undefined) return undefined
    words.push(word.value)
    at = word.end
  }
}

function readWord(text: string, start: number): { readonly value: string; readonly end: number } | undefined {
  let value = ''
  let quote = ''
  let at = start
  for (; at < text.length; at++) {
    const letter = text[at] as string
    const next = text[at + 1] ?? ''
    if (letter === '\\' && isEscapable(next, quote)) {
      value += next
      at++
    } else if (quote === '' && (letter === ' ' || letter === '\t')) break
    else if (quote === '' && (letter === '"' || letter === "'")) quote = letter
    else if (letter === quote) quote = ''
    else value += letter
  }
  return quote === '' ? { value, end: at } : undefined
}

function isEscapable(letter: string, quote: string): boolean {
  return letter !== '' && (`'"\\`.includes(letter) || (quote === '' && letter === ' '))
}

/** What a `Match` line consists of: words with blanks or one `=` between them, quoted where they hold either. */
export function matchWords(rest: string): readonly string[] | undefined {
  const words: string[] = []
  let left = rest.trimStart()
  while (left !== '' && !left.startsWith('#')) {
    const [all = '', quoted, plain = ''] =
      /^(?:"([^"]*)"|([^\s"=]+))(?:[ \t]*=[ \t]*|[ \t]+|$)/.exec(left) ?? []
    if (all === '') return undefined
    words.push(quoted ?? plain)
    left = left.slice(all.length)
  }
  return words
}
