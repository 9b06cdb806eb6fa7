import type { ScalarStyle, YamlScalar } from './tree.ts'

/** YAML 1.2 core schema, https://yaml.org/spec/1.2.2/#1032-tag-resolution: integers, octal, hexadecimal, floats. */
const NUMBER =
  /^(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+|[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/

/** No number is written with more characters than this; a longer text is not tried. */
const LONGEST_NUMBER = 1000

/**
 * What a scalar is. Quoted ones are text. Only `true` and `false` are booleans, only `null`, `~` and nothing at all
 * are null: other spellings (`yes`, `True`, `NULL`) are text, so that they interpolate as written.
 */
export function scalarType(style: ScalarStyle, text: string): YamlScalar['type'] {
  if (style !== 'plain') return 'text'
  if (text === '' || text === '~' || text === 'null') return 'null'
  if (text === 'true' || text === 'false') return 'boolean'
  return text.length <= LONGEST_NUMBER && NUMBER.test(text) ? 'number' : 'text'
}

/** The number that a scalar of type `number` means; digits beyond double precision are lost here only. */
export function numberValue(text: string): number {
  const word = /^([-+]?)\.(inf|nan)$/i.exec(text)
  if (word?.[2] === undefined) return Number(text)
  if (word[2].toLowerCase() === 'nan') return Number.NaN
  return word[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
}
