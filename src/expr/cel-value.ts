import { Secret } from '../model/secret.ts'
import type { Value, Vars, WrittenNumber } from '../model/value.ts'
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

export function isWrittenNumber(value: Value): value is WrittenNumber {
  if (typeof value !== 'object' || value === null || isList(value)) return false
  return value.kind === 'number' && typeof value.text === 'string'
}

export function isMap(value: Value): value is { readonly [key: string]: Value } {
  return typeof value === 'object' && value !== null && !isList(value) && !isWrittenNumber(value)
}

/** The kind of a value in the words of CEL; an oddly written number is a string. */
export function kindOf(value: Value): ValueKind {
  if (value === null) return 'null'
  if (typeof value === 'string') return 'string'
  if (typeof value === 'boolean') return 'bool'
  if (isList(value)) return 'list'
  if (!isWrittenNumber(value)) return 'map'
  const number = numberValue(value)
  if (typeof number === 'bigint') return 'int'
  return typeof number === 'number' ? 'double' : 'string'
}

export function toCel(value: Value): CelValue {
  if (isWrittenNumber(value)) return numberValue(value)
  if (isList(value)) return value.map(toCel)
  if (!isMap(value)) return value
  return new Map(Object.entries(value).map(([key, item]) => [key, toCel(item)]))
}

/** All variables of a host as a CEL map. Secrets are left out: no expression can reach them. */
export function varsToCel(vars: Vars): ReadonlyMap<string, CelValue> {
  const map = new Map<string, CelValue>()
  for (const [name, value] of Object.entries(vars)) {
    if (!(value instanceof Secret)) map.set(name, toCel(value))
  }
  return map
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
