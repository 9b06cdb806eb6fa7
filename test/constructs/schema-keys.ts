import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Schema {
  readonly description?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly definitions?: Readonly<Record<string, Schema>>
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
}

/** Every key that a playbook may have, at any depth: `vars`, `step.run`, `step.put.src`, `param.type`. */
export function schemaKeys(): ReadonlyMap<string, Schema> {
  const file = join(import.meta.dirname, '../../schema/playbook.schema.json')
  const whole = JSON.parse(readFileSync(file, 'utf8')) as Schema
  const { step = {}, param = {} } = whole.definitions ?? {}
  return new Map([...keysOf(whole, ''), ...keysOf(step, 'step.'), ...keysOf(param, 'param.')])
}

function keysOf({ properties = {}, items, anyOf = [] }: Schema, path: string): readonly [string, Schema][] {
  return [
    ...Object.entries(properties).flatMap(([key, schema]): [string, Schema][] => [
      [`${path}${key}`, schema],
      ...keysOf(schema, `${path}${key}.`),
    ]),
    ...[items ?? [], ...anyOf].flat().flatMap(inner => keysOf(inner, path)),
  ]
}
