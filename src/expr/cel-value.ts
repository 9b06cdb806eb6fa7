import { type Value, WrittenNumber } from '../model/value.ts'
import { valueFailure } from './failure.ts'
import { numberValue } from './written-number.ts'

/** A value as CEL calculates with it: ints are bigint, doubles number, maps Map. */
export type CelValue =
  | string
  | boolean
  | null
  | bigint
  | number
  | readonly CelValue[]
  | ReadonlyMap<string, CelValue>

export type ValueKind = 'string' | 'bool' | 'null' | 'int' | 'double' | 'list' | 'map'

export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value)
}

export function isMap(value: Value): value is { readonly [key: string]: Value } {
  return typeof value === 'object' && value !== null && !isList(value) && !WrittenNumber.is(value)
}

/** The kind of a value in the words of CEL; an oddly written number is a string. */
export function kindOf(value: Value): ValueKind {
  if (value === null) return 'null'
  if (typeof value === 'string') return 'string'
  if (typeof value === 'boolean') return 'bool'
  if (isList(value)) return 'list'
  if (!WrittenNumber.is(value)) return 'map'
  const number = numberValue(value)
  if (typeof number === 'bigint') return 'int'
  return typeof number === 'number' ? 'double' : 'string'
}

export function toCel(value: Value): CelValue {
  if (WrittenNumber.is(value)) return numberValue(value)
  if (isList(value)) return value.map(toCel)
  if (!isMap(value)) return value
  return new Map(Object.entries(value).map(([key, item]) => [key, toCel(item)]))
}

/**
 * What CEL gave, as a value that can be passed on.
 * @throws ExpressionFailure for what is none: a step, a time
 */
export function celToValue(value: unknown): Value {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value
    case 'bigint':
      return new WrittenNumber(String(value))
    case 'number':
      if (!Number.isFinite(value)) throw valueFailure('the number is infinite or none at all')
      return new WrittenNumber(String(value))
  }
  if (value === null) return null
  if (Array.isArray(value)) return value.map(celToValue)
  if (value instanceof Map && value.constructor === Map) return fromEntries([...value])
  if (WrittenNumber.is(value)) return value
  if (typeof value === 'object' && isPlain(value)) return fromEntries(Object.entries(value))
  throw valueFailure('what the expression gives is no value that can be passed on')
}

/** Whatever its keys are, `constructor` among them. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

function fromEntries(entries: readonly (readonly [unknown, unknown])[]): Value {
  return Object.fromEntries(entries.map(([key, item]) => [String(key), celToValue(item)]))
}

export type Path = readonly (string | number)[]

/** The value at a path below another one; undefined where the path leads nowhere. */
export function valueAt(value: Value, path: Path): Value | undefined {
  let at = value
  for (const key of path) {
    let next: Value | undefined
    if (isList(at)) next = typeof key === 'number' ? at[key] : undefined
    else if (isMap(at)) next = typeof key === 'string' && Object.hasOwn(at, key) ? at[key] : undefined
    if (next === undefined) return undefined
    at = next
  }
  return at
}
