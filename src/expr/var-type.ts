import { type Value, WrittenNumber } from '../model/value.ts'
import { isList, isMap, kindOf } from './cel-value.ts'
import { parseJsonValue } from './json-value.ts'
import { type MapShape, type Shape, shapeOf, TEXT } from './shape.ts'

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
  return convertToShape(wanted === null ? TEXT : shapeOf(wanted), given)
}

/** The same for what is known of the default. */
export function convertToShape(shape: Shape, given: Value): Value | undefined {
  const { kind } = shape
  if (kind === 'any' || kind === 'null') return given
  if (kind === 'list') return convertList(shape.items, fromText(given))
  if (kind === 'map') return convertMap(shape, fromText(given))
  if (kind === 'bool' && typeof given === 'boolean') return given
  const text = scalarText(given)
  if (text === undefined) return undefined
  if (kind === 'bool') return Object.hasOwn(WORDS, text.toLowerCase()) ? WORDS[text.toLowerCase()] : undefined
  if (kind === 'string') return text
  const number = new WrittenNumber(text)
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

function convertList(items: Shape, given: Value | undefined): Value | undefined {
  if (given === undefined || !isList(given)) return undefined
  const converted = given.map(item => convertToShape(items, item))
  return converted.every(item => item !== undefined) ? converted : undefined
}

function convertMap({ keys, values }: MapShape, given: Value | undefined): Value | undefined {
  if (given === undefined || !isMap(given)) return undefined
  const entries: (readonly [string, Value])[] = []
  for (const [key, item] of Object.entries(given)) {
    const converted = convertToShape(keys.get(key) ?? values, item)
    if (converted === undefined) return undefined
    entries.push([key, converted])
  }
  return Object.fromEntries(entries)
}
