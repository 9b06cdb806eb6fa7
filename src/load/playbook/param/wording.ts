import type { ErrorObject } from 'ajv'
import { didYouMean } from '../../../model/did-you-mean.ts'
import { count } from '../../../model/quantity.ts'
import { type Value, WrittenNumber } from '../../../model/value.ts'

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
export function misfitWords(name: string, error: ErrorObject, value: Value): string {
  const path = partsOf(error.instancePath)
  return `"${name}${pathIn(path)}" ${complaint(error, shown(error.data, valueAt(value, path)))}`
}

function partsOf(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map(part => part.replaceAll('~1', '/').replaceAll('~0', '~'))
}

function valueAt(value: Value, path: readonly string[]): unknown {
  let at: unknown = value
  for (const part of path) at = typeof at === 'object' && at !== null ? Reflect.get(at, part) : undefined
  return at
}

/** `users`, `0`, `name` as an expression would write it: `.users[0].name`. */
function pathIn(path: readonly string[]): string {
  return path.map(part => (/^\d+$/.test(part) ? `[${part}]` : `.${part}`)).join('')
}

function complaint(error: ErrorObject, instead: string): string {
  const { keyword, params, message, schema, parentSchema } = error
  const n = Number(params.limit)
  switch (keyword) {
    case 'type':
      return `must be ${TYPES[String(params.type)] ?? params.type}, ${instead}`
    case 'enum':
      return oneOf((params.allowedValues as readonly unknown[]).map(word), error.data, instead)
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

function oneOf(allowed: readonly string[], data: unknown, instead: string): string {
  const near = typeof data === 'string' ? didYouMean(data, allowed) : undefined
  return `must be one of ${allowed.join(', ')}, ${instead}${near === undefined ? '' : ` (${near})`}`
}

function unknownKey(key: string, known: readonly string[]): string {
  const hint = didYouMean(key, known) ?? (known.length === 0 ? '' : `known here: ${known.join(', ')}`)
  return `has an unknown key "${key}"${hint === '' ? '' : ` (${hint})`}`
}

function word(value: unknown): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value)
}

/** @param written the same value as it stands in the file */
function shown(data: unknown, written: unknown): string {
  if (data === null) return 'but there is no value'
  if (Array.isArray(data)) return 'not a list'
  if (typeof data === 'object') return 'not a map'
  if (WrittenNumber.is(written)) return `not the number ${written.text}`
  if (typeof data !== 'string') return `not ${String(data)}`
  if (data === '') return 'not an empty text'
  return `not "${data.length > MOST_SHOWN ? `${data.slice(0, MOST_SHOWN)}…` : data}"`
}
