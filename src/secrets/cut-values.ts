import { isMap, isScalar, LineCounter, type Pair, parseDocument, Scalar } from 'yaml'
import type { Problem } from '../model/problem.ts'

/**
 * Values without quotes behind which a comment stands: YAML ends the value there, and if the rest is a part of the secret, it
 * would stay in the file in the clear. Where no blank follows the #, it is no comment that a person writes: an error.
 * @param text a file of secrets
 * @param file as the user named it
 * @param names of the values that are looked at
 */
export function cutValues(text: string, file: string, names: Iterable<string>): readonly Problem[] {
  const lines = new LineCounter()
  const map = parseDocument(text, { lineCounter: lines }).get('secrets', true) as unknown
  const sought = new Set(names)
  if (!isMap(map)) return []
  return (map.items as Pair[]).flatMap(({ key, value }) => {
    const name = isScalar(key) ? String(key.value) : ''
    if (!sought.has(name) || !isScalar(value) || !isPlain(value)) return []
    const at = commentAfter(text, value.range?.[1] ?? 0)
    if (at === undefined) return []
    const { line, col } = lines.linePos(at)
    return [cutValue(name, { file, line, col }, /\S/.test(text.charAt(at + 1)))]
  })
}

function isPlain({ type }: Scalar): boolean {
  return type === undefined || type === Scalar.PLAIN
}

/** Where the # of a comment in the same line stands. */
function commentAfter(text: string, end: number): number | undefined {
  const comment = /[ \t]*#/y
  comment.lastIndex = end
  return comment.test(text) ? comment.lastIndex - 1 : undefined
}

function cutValue(name: string, where: NonNullable<Problem['where']>, isTight: boolean): Problem {
  return {
    code: 'secret_file',
    severity: isTight ? 'error' : 'warning',
    message: `the value of ${name} ends before the #: what follows is a comment, and stays in the file in the clear`,
    where,
    hint: isTight
      ? 'put the value in quotes; if that is a comment, a blank goes between # and its text'
      : 'if it is a part of the secret, put the value in quotes',
  }
}
