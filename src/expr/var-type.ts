import type { Value } from '../model/value.ts'
import { isList, isMap, kindOf, type ValueKind } from './cel-value.ts'
import { parseJsonValue } from './json-value.ts'

/** The CEL type of a variable, which its default tells; `null` declares a required string. */
export function celTypeOf(value: Value): string {
  if (isList(value)) return `list<${elementType(value)}>`
  if (isMap(value)) return `map<string, ${elementType(Object.values(value))}>`
  return wantedKind(value)
}

/** The kind of what a variable with this default can hold. */
export function wantedKind(value: Value): ValueKind {
  return value === null ? 'string' : kindOf(value)
}

/** One type for all elements where they agree and CEL can rely on it. */
function elementType(values: readonly Value[]): string {
  const [kind, ...others] = new Set(values.map(kindOf))
  return others.length === 0 && (kind === 'string' || kind === 'bool' || kind === 'int') ? kind : 'dyn'
}

const WORDS: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  on: true,
  false: false,
  no: false,
  off: false,
}

/**
 * Converts what the inventory or `-e` gives to the type of the default. Lists and maps may be given as JSON text.
 * @returns undefined where it does not fit
 */
export function convertTo(wanted: Value, given: Value): Value | undefined {
  const kind = wantedKind(wanted)
  if (kind === 'list') return convertList(wanted, fromText(given))
  if (kind === 'map') return convertMap(wanted, fromText(given))
  if (kind === 'bool' && typeof given === 'boolean') return given
  const text = scalarText(given)
  if (text === undefined) return undefined
  if (kind === 'bool') return Object.hasOwn(WORDS, text.toLowerCase()) ? WORDS[text.toLowerCase()] : undefined
  if (kind === 'string') return text
  const number = { kind: 'number', text } as const
  const fits = kindOf(number) === kind || (kind === 'double' && kindOf(number) === 'int')
  return fits ? number : undefined
}

function scalarText(value: Value): string | undefined {
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return String(value)
  return value === null || isList(value) || isMap(value) ? undefined : value.text
}

const fromText = (given: Value): Value | undefined =>
  typeof given === 'string' ? parseJsonValue(given) : given

function convertList(wanted: Value, given: Value | undefined): Value | undefined {
  if (given === undefined || !isList(given) || !isList(wanted)) return undefined
  const [first] = wanted
  if (first === undefined || celTypeOf(wanted) === 'list<dyn>') return given
  const items = given.map(item => convertTo(first, item))
  return items.every(item => item !== undefined) ? items : undefined
}

function convertMap(wanted: Value, given: Value | undefined): Value | undefined {
  if (given === undefined || !isMap(given) || !isMap(wanted)) return undefined
  const [first] = Object.values(wanted)
  const uniform = celTypeOf(wanted) === 'map<string, dyn>' ? undefined : first
  const entries: (readonly [string, Value])[] = []
  for (const [key, item] of Object.entries(given)) {
    const model = (Object.hasOwn(wanted, key) ? wanted[key] : undefined) ?? uniform
    const converted = model === undefined ? item : convertTo(model, item)
    if (converted === undefined) return undefined
    entries.push([key, converted])
  }
  return Object.fromEntries(entries)
}
