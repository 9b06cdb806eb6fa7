import type { Text } from './shell-text.ts'

/** The expression of `test` and `[`; undefined where the bracket is not closed. */
export function expressionOf([name, ...words]: readonly Text[]): readonly Text[] | undefined {
  if (name !== '[') return words
  return words.at(-1) === ']' ? words.slice(0, -1) : undefined
}

/** Whether an expression is true, where that follows from its words alone. */
export function decideTest(words: readonly Text[]): boolean | undefined {
  const [first, second, third] = words
  if (first === '!' && words.length > 1) {
    const negated = decideTest(words.slice(1))
    return negated === undefined ? undefined : !negated
  }
  if (words.length === 3 && /^!?=$/.test(second ?? '') && isPlain(first) && isPlain(third))
    return (first === third) === (second === '=')
  if (words.length === 2 && /^-[nz]$/.test(first ?? '') && isPlain(second))
    return (second === '') === (first === '-z')
  return undefined
}

/** Shells may differ about words that could be operators. */
const OPERATOR = /^(?:-[a-zA-Z]{1,2}|[!()<>]|!?==?)$/

const isPlain = (word: Text): word is string =>
  word !== undefined && !word.includes('\0') && !OPERATOR.test(word)

/** Of what it compares no file is read. */
const COMPARING = /^(?:=|==|!=|-eq|-ne|-gt|-ge|-lt|-le)$/
const UNARY = /^-[a-zA-Z]$/

/** The files that an expression looks at; undefined where that is not known. */
export function testedFiles(words: readonly Text[]): readonly string[] | undefined {
  const [first, second] = words
  if (words.length < 2 || (words.length === 3 && COMPARING.test(second ?? ''))) return []
  if (words.length === 2 && /^-[nz]$/.test(first ?? '')) return []
  if (first === '!') return testedFiles(words.slice(1))
  const known = words.filter(word => word !== undefined)
  if (known.length < words.length) return undefined
  if (words.length === 2 && UNARY.test(first ?? '')) return known.slice(1)
  return known.filter(word => !/^(?:-[a-zA-Z]+|[=!()\]]|!=|==|)$/.test(word))
}
