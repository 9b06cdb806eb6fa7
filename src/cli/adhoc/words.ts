import { quoteFor } from '../../expr/shell/quote.ts'
import { UsageError } from '../usage.ts'

/** Words that a shell would not take for a program's name where a command starts. */
const RESERVED: ReadonlySet<string> = new Set(
  'if then else elif fi do done case esac while until for in function select time'.split(' '),
)

/**
 * The shell text for what stands after `--`. One word is shell text already: `-- 'df -h | sort'`. Several are a
 * program and its arguments, and reach it exactly as they are: each is quoted, and `${{` in them means nothing.
 */
export function commandText(words: readonly string[]): string {
  const [first] = words
  if (first === undefined || (words.length === 1 && first.trim() === ''))
    throw new UsageError('the command is empty')
  if (words.length === 1) return first
  return words.map((word, at) => literalText(at === 0 ? programWord(word) : argumentWord(word))).join(' ')
}

/** Text without expressions: `${{` stands for itself. */
export function literalText(text: string): string {
  return text.replaceAll('${{', () => '$${{')
}

function programWord(word: string): string {
  return word.includes('=') || RESERVED.has(word) ? quoteFor('bare', word) : argumentWord(word)
}

function argumentWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : quoteFor('bare', word)
}

/** `NAME=value`. @throws UsageError */
export function envPair(word: string): readonly [name: string, value: string] {
  const [, name, value] = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s.exec(word) ?? []
  if (name === undefined || value === undefined)
    throw new UsageError(`--env "${word}" is not NAME=value; a name has letters, digits and _ only`)
  return [name, value]
}
