import type { Where } from '../../model/problem.ts'

/** A line of an OpenSSH configuration that says something. */
export interface Directive {
  /** In lower case. */
  readonly keyword: string
  /** What stands behind it, as it is written: for keywords that take the rest of the line. */
  readonly rest: string
  /** The words of `rest`; undefined: a quote is not closed. */
  readonly words: readonly string[] | undefined
  readonly where: Where
}

/** The lines of a file that are not empty and no comments. A line ends for ssh at its first NUL. */
export function directivesOf(text: string, file: string): readonly Directive[] {
  return text.split('\n').flatMap((line, index) => {
    const source = withoutEnd(line.split('\0', 1)[0] ?? '')
    const directive = directiveOf(source)
    if (directive === undefined) return []
    const { keyword, rest } = directive
    const col = Math.max(0, source.indexOf(keyword)) + 1
    const where = { file, line: index + 1, col, length: keyword.length, source }
    return [{ keyword: keyword.toLowerCase(), rest, words: splitWords(rest), where }]
  })
}

/** Without blanks at its end; no expression, which would look at each run of blanks again and again. */
function withoutEnd(line: string): string {
  let end = line.length
  while (end > 0 && ' \t\r\n\f'.includes(line[end - 1] ?? 'x')) end--
  return line.slice(0, end)
}

function directiveOf(source: string): Pick<Directive, 'keyword' | 'rest'> | undefined {
  const first = cutWord(source)
  const { word, rest = '' } = (first?.word === '' ? cutWord(first.rest ?? '') : first) ?? { word: '' }
  if (word === '' || word.startsWith('#')) return undefined
  return { keyword: word, rest: rest.replace(/^[ \t\r\n]+/, '') }
}

/**
 * The first word and what follows it, as OpenSSH cuts lines and criteria of `Match`: at blanks with at most one `=`
 * among them, with double quotes. Undefined: a quote is not closed.
 */
export function cutWord(text: string): { readonly word: string; readonly rest?: string } | undefined {
  const at = text.search(/[ \t\r\n"=]/)
  if (at < 0) return { word: text }
  if (text[at] === '"') {
    const end = text.indexOf('"', at + 1)
    if (end < 0) return undefined
    return { word: text.slice(0, at) + text.slice(at + 1, end), rest: withoutBlanks(text.slice(end + 1)) }
  }
  const rest = withoutBlanks(text.slice(at + 1))
  const isSplit = text[at] !== '=' && rest.startsWith('=')
  return { word: text.slice(0, at), rest: isSplit ? withoutBlanks(rest.slice(1)) : rest }
}

function withoutBlanks(text: string): string {
  return text.replace(/^[ \t\r\n]+/, '')
}

/**
 * Splits what stands behind a keyword as OpenSSH does: at blanks, with single and double quotes and backslashes before
 * quotes, backslashes and blanks; `#` at the start of a word begins a comment. Undefined: a quote is not closed.
 */
function splitWords(text: string): readonly string[] | undefined {
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

/** What a keyword takes that takes the rest of its line, as a command. */
export function restOf({ rest }: Directive): string {
  return rest.replace(/^[ \t\r\n=]+/, '')
}
