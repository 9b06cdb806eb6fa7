import type { ErrorObject } from 'ajv'
import { didYouMean } from '../../model/did-you-mean.ts'
import { count } from '../../model/quantity.ts'

const TYPES: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
}

const MOST_SHOWN = 40

/** What ajv says against the value of a param, as a sentence: `"port" must be a whole number, not "http"`. */
export function misfitWords(name: string, error: ErrorObject): string {
  return `"${name}${pathIn(error.instancePath)}" ${complaint(error)}`
}

/** `/users/0/name` as an expression would write it: `.users[0].name`. */
function pathIn(pointer: string): string {
  return pointer
    .split('/')
    .slice(1)
    .map(part => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map(part => (/^\d+$/.test(part) ? `[${part}]` : `.${part}`))
    .join('')
}

function complaint({ keyword, params, data, message, schema, parentSchema }: ErrorObject): string {
  const instead = shown(data)
  const n = Number(params.limit)
  switch (keyword) {
    case 'type':
      return `must be ${TYPES[String(params.type)] ?? params.type}, ${instead}`
    case 'enum':
      return `must be one of ${(params.allowedValues as readonly unknown[]).map(word).join(', ')}, ${instead}`
    case 'const':
      return `must be ${word(params.allowedValue)}, ${instead}`
    case 'pattern':
      return `must match ${String(schema)}, ${instead}`
    case 'minLength':
      return n === 1 ? 'must not be empty' : `must have at least ${count(n, 'character')}, ${instead}`
    case 'maxLength':
      return `must have at most ${count(n, 'character')}, ${instead}`
    case 'minimum':
      return `must be at least ${n}, ${instead}`
    case 'maximum':
      return `must be at most ${n}, ${instead}`
    case 'exclusiveMinimum':
      return `must be greater than ${n}, ${instead}`
    case 'exclusiveMaximum':
      return `must be less than ${n}, ${instead}`
    case 'multipleOf':
      return `must be a multiple of ${params.multipleOf}, ${instead}`
    case 'minItems':
      return n === 1 ? 'must not be empty' : `must have at least ${count(n, 'item')}`
    case 'maxItems':
      return `must have at most ${count(n, 'item')}`
    case 'uniqueItems':
      return 'must not have the same item twice'
    case 'required':
      return `lacks "${params.missingProperty}"`
    case 'additionalProperties':
      return unknownKey(String(params.additionalProperty), Object.keys(parentSchema?.properties ?? {}))
    default:
      return message ?? 'does not fit'
  }
}

function unknownKey(key: string, known: readonly string[]): string {
  const hint = didYouMean(key, known) ?? (known.length === 0 ? '' : `known here: ${known.join(', ')}`)
  return `has an unknown key "${key}"${hint === '' ? '' : ` (${hint})`}`
}

function word(value: unknown): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value)
}

function shown(data: unknown): string {
  if (data === null) return 'but there is no value'
  if (Array.isArray(data)) return 'not a list'
  if (typeof data === 'object') return 'not a map'
  if (typeof data !== 'string') return `not ${typeof data === 'number' ? 'the number ' : ''}${String(data)}`
  if (data === '') return 'not an empty text'
  return `not "${data.length > MOST_SHOWN ? `${data.slice(0, MOST_SHOWN)}…` : data}"`
}
