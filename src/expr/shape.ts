import { FACT_FIELDS } from '../model/facts.ts'
import type { ParamType } from '../model/playbook.ts'
import type { Value } from '../model/value.ts'
import { pathBelow, WHOLE } from '../model/value-path.ts'
import { isList, isMap, kindOf } from './cel-value.ts'

/** What is known of a value before it is there. */
export type Shape =
  | { readonly kind: 'string' | 'bool' | 'int' | 'double' | 'null' | 'any' }
  | { readonly kind: 'list'; readonly items: Shape }
  | MapShape

export interface MapShape {
  readonly kind: 'map'
  /** The keys that it can have; none where they are not known. */
  readonly keys: ReadonlyMap<string, Shape>
  /** What all values are. */
  readonly values: Shape
  /** The CEL type, for what is no value but a view of hosts and the run. */
  readonly view?: string
}

export const ANY: Shape = { kind: 'any' }
export const TEXT: Shape = { kind: 'string' }
export const INT: Shape = { kind: 'int' }
export const BOOL: Shape = { kind: 'bool' }
export const DOUBLE: Shape = { kind: 'double' }
export const TEXTS: Shape = { kind: 'list', items: TEXT }

/** What strings inside a value are that hold expressions; undefined: text. By the path inside the value. */
export type TextShapes = (path: string) => Shape | undefined

export function shapeOf(value: Value, texts: TextShapes = () => undefined, path = WHOLE): Shape {
  if (isList(value))
    return {
      kind: 'list',
      items: common(value.map((item, index) => shapeOf(item, texts, pathBelow(path, index)))),
    }
  if (isMap(value))
    return mapShape(
      Object.entries(value).map(([key, item]) => [key, shapeOf(item, texts, pathBelow(path, key))]),
    )
  const kind = kindOf(value)
  if (kind === 'string') return texts(path) ?? TEXT
  return { kind } as Shape
}

export function mapShape(entries: Iterable<readonly [string, Shape]>, view?: string): MapShape {
  const keys = new Map(entries)
  return { kind: 'map', keys, values: common([...keys.values()]), ...(view === undefined ? {} : { view }) }
}

/** A map of which the keys are not known. */
export function openMap(values: Shape): MapShape {
  return { kind: 'map', keys: new Map(), values }
}

/** What all of them are; maps may have the keys of each other. */
export function common(shapes: readonly Shape[]): Shape {
  const [first, ...others] = shapes
  return first === undefined ? ANY : others.reduce(merged, first)
}

function merged(a: Shape, b: Shape): Shape {
  if (a === b) return a
  if (a.kind !== b.kind) return ANY
  if (a.kind === 'list' && b.kind === 'list') return { kind: 'list', items: merged(a.items, b.items) }
  if (a.kind !== 'map' || b.kind !== 'map') return a
  const values = merged(a.values, b.values)
  if (a.keys.size === 0 || b.keys.size === 0) return openMap(values)
  const keys = new Map(a.keys)
  for (const [key, shape] of b.keys) {
    const known = keys.get(key)
    keys.set(key, known === undefined ? shape : merged(known, shape))
  }
  return { kind: 'map', keys, values }
}

/** The type in the words of CEL. */
export function celTypeOf(shape: Shape): string {
  switch (shape.kind) {
    case 'any':
      return 'dyn'
    case 'list':
      return `list<${elementType(shape.items)}>`
    case 'map':
      return shape.view ?? `map<string, ${elementType(shape.values)}>`
    default:
      return shape.kind
  }
}

/** Ints may stand where doubles do, and null for anything: those CEL cannot rely on inside of others. */
function elementType(shape: Shape): string {
  return shape.kind === 'double' || shape.kind === 'null' ? 'dyn' : celTypeOf(shape)
}

/** What a CEL type says; a type that is no value's is `any`. */
export function shapeOfType(type: string): Shape {
  switch (type) {
    case 'string':
    case 'bool':
    case 'int':
    case 'double':
    case 'null':
      return { kind: type }
    case 'list':
      return { kind: 'list', items: ANY }
    case 'map':
      return openMap(ANY)
  }
  const [, kind, inner = ''] = /^(list|map)<(.*)>$/.exec(type) ?? []
  if (kind === 'list') return { kind: 'list', items: shapeOfType(inner) }
  if (kind === 'map') return openMap(shapeOfType(inner.slice(inner.indexOf(',') + 1).trim()))
  return ANY
}

export function shapeOfParam(type: ParamType): Shape {
  switch (type.kind) {
    case 'string':
    case 'path':
      return TEXT
    case 'integer':
      return INT
    case 'number':
      return DOUBLE
    case 'boolean':
      return BOOL
    case 'any':
      return ANY
    case 'list':
      return { kind: 'list', items: shapeOfParam(type.items) }
    case 'map':
      return mapShape([...type.properties].map(([key, of]) => [key, shapeOfParam(of)]))
  }
}

/** The shape below a path; undefined where it leads to a key that cannot be. */
export function shapeAt(shape: Shape, path: readonly (string | number)[]): Shape | undefined {
  let at = shape
  for (const key of path) {
    if (at.kind === 'list' && typeof key === 'number') at = at.items
    else if (at.kind === 'map' && typeof key === 'string') {
      const next = at.keys.size === 0 ? at.values : at.keys.get(key)
      if (next === undefined) return undefined
      at = next
    } else return at.kind === 'any' ? ANY : undefined
  }
  return at
}

/** What a loop over the value goes through, of a map its `key` and `value`; undefined where there is no such loop. */
export function itemShape(shape: Shape): Shape | undefined {
  if (shape.kind === 'any') return ANY
  if (shape.kind === 'list') return shape.items
  if (shape.kind !== 'map' || shape.view !== undefined) return undefined
  return mapShape([
    ['key', TEXT],
    ['value', shape.values],
  ])
}

/** What `facts` has, nested at the dots of the names. */
export const FACTS_SHAPE: MapShape = (() => {
  const keys = new Map<string, Shape>()
  const nested = new Map<string, [string, Shape][]>()
  for (const [name, type] of Object.entries(FACT_FIELDS)) {
    const [first = '', second] = name.split('.')
    if (second === undefined) keys.set(first, shapeOfType(type))
    else nested.set(first, [...(nested.get(first) ?? []), [second, shapeOfType(type)]])
  }
  for (const [name, entries] of nested) keys.set(name, mapShape(entries))
  return { kind: 'map', keys, values: ANY, view: 'Facts' }
})()
