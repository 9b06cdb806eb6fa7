import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, test } from 'vitest'
import { PreviewSchema } from '../../schema/preview.ts'

const whole = JSON.parse(
  readFileSync(new URL('../../schema/preview.schema.json', import.meta.url), 'utf8'),
) as object

type Json = { readonly [key: string]: unknown }

/** Every subschema with the path to it. */
function subschemas(node: unknown, path = ''): [path: string, schema: Json][] {
  if (typeof node !== 'object' || node === null) return []
  const own: [string, Json][] = Array.isArray(node) ? [] : [[path, node as Json]]
  return [...own, ...Object.entries(node).flatMap(([key, value]) => subschemas(value, `${path}/${key}`))]
}

test('the published schema is what its source makes: else run "node schema/write.ts"', () => {
  expect(whole).toEqual(JSON.parse(JSON.stringify(PreviewSchema)))
})

test('the published schema is a sound schema of draft 2020-12', () => {
  const ajv = new Ajv2020({ strict: true })
  expect(ajv.validateSchema(whole)).toBe(true)
  expect(() => ajv.compile(whole)).not.toThrow()
})

test('every property has a description, and no object takes others', () => {
  const all = subschemas(whole)
  const properties = all.filter(([path]) => /\/properties\/[^/]+$/.test(path))
  expect(properties.length).toBeGreaterThan(100)
  expect(
    properties.filter(([, schema]) => typeof schema.description !== 'string').map(([path]) => path),
  ).toEqual([])
  const open = all.filter(
    ([, { type, additionalProperties }]) => type === 'object' && additionalProperties === undefined,
  )
  expect(open.map(([path]) => path)).toEqual([])
})
