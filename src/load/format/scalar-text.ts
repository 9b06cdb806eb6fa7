import type { Scalar } from 'yaml'
import { LIMITS } from '../../model/limits.ts'
import { parseYaml } from '../yaml/parse.ts'
import { linedText } from '../yaml/source.ts'

/** Begins like a word or a path, and holds nothing that YAML or a reader could take for more than text. */
const LIKE_WORDS = /^[A-Za-z_/$](?:[^\p{C}\p{Z}#:]| (?! )|:(?=[^\p{C}\p{Z}]))*$/u
/** What other readers of YAML take for booleans or null. */
const SPECIAL = /^(y|n|yes|no|on|off|true|false|null)$/i
const PRINTABLE = /^[^\p{C}\p{Zl}\p{Zp}"\\]*$/u

/**
 * A scalar on one line, without quotes where they are not needed. What looks like a number, a date or a boolean keeps
 * them, and what holds an expression stays as it is.
 */
export function scalarText(scalar: Scalar, source: string, inFlow: boolean): string {
  const text = String(scalar.value ?? '')
  if (scalar.type === 'PLAIN' || source.includes('${{')) return source
  if (LIKE_WORDS.test(text) && !SPECIAL.test(text) && staysText(text, inFlow)) return text
  return PRINTABLE.test(text) ? `"${text}"` : source
}

function staysText(text: string, inFlow: boolean): boolean {
  if (text.length > LIMITS.remoteNameBytes || (inFlow && /[,[\]{}:]/.test(text))) return false
  const { root } = parseYaml(linedText('', inFlow ? `k: [${text}]\n` : `k: ${text}\n`))
  const value = root?.kind === 'map' ? root.entries.get('k')?.value : undefined
  const scalar = value?.kind === 'list' && value.items.length === 1 ? value.items[0] : value
  return scalar?.kind === 'scalar' && scalar.type === 'text' && scalar.text === text
}

/**
 * A scalar that takes several lines, for the place where `indent` is its parent's indentation: the lines that it has,
 * moved sideways. Of a block scalar, `header` is what stands behind the key.
 */
export interface LongScalar {
  readonly header: string
  readonly lines: readonly string[]
  /** Blank lines that follow would belong to it. */
  readonly keepsBlanks: boolean
}

export function blockScalar(header: string, body: string, parentIndent: number, indent: number): LongScalar {
  const digit = /[1-9]/.exec(header)?.[0]
  const own =
    digit === undefined
      ? (/^( *)[^ \n]/m.exec(body)?.[1]?.length ?? Number.POSITIVE_INFINITY)
      : parentIndent + Number(digit)
  const keepsBlanks = header.includes('+')
  const text = keepsBlanks ? body.replace(/\n$/, '') : body.replace(/\n[ \n]*$/, '')
  const lines = text.split('\n').map(line => {
    const rest = line.slice(own)
    return rest === '' ? '' : ' '.repeat(indent + 2) + rest
  })
  return { header: digit === undefined ? header : header.replace(digit, '2'), lines, keepsBlanks }
}

/** A plain or quoted scalar over several lines: YAML ignores how far the further ones are moved in. */
export function foldedScalar(source: string, indent: number): LongScalar {
  const [first = '', ...rest] = source.split('\n')
  const lines = rest.map(line => {
    const text = line.trimStart()
    return text === '' ? '' : ' '.repeat(indent + 2) + text
  })
  return { header: first, lines, keepsBlanks: false }
}
