import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { expect, test } from 'vitest'
import { PlaybookSchema } from '../../schema/playbook.ts'
import { parsePlaybook } from '../../src/load/playbook.ts'

const FILE = new URL('../../schema/playbook.schema.json', import.meta.url)

type Json = { readonly [key: string]: unknown }

/** Every subschema with the path to it. */
function subschemas(node: unknown, path = ''): [path: string, schema: Json][] {
  if (typeof node !== 'object' || node === null) return []
  const own: [string, Json][] = Array.isArray(node) ? [] : [[path, node as Json]]
  return [...own, ...Object.entries(node).flatMap(([key, value]) => subschemas(value, `${path}/${key}`))]
}

const whole = JSON.parse(readFileSync(FILE, 'utf8')) as Json
const all = subschemas(whole)

/** Where it stands in the whole does not matter to a schema, but what it refers to does. */
function validates(ajv: Ajv, { $schema: _, ...schema }: Json, value: unknown): boolean {
  return ajv.validate({ ...schema, definitions: whole.definitions }, value) === true
}

test('the published schema is what its source makes: else run "node schema/write.ts"', () => {
  expect(JSON.parse(readFileSync(FILE, 'utf8'))).toEqual(JSON.parse(JSON.stringify(PlaybookSchema)))
})

test('the published schema is a sound draft-07 schema', () => {
  const ajv = new Ajv({ strict: true, strictRequired: false, allowUnionTypes: true })
  ajv.addKeyword('errorMessage')
  expect(ajv.validateSchema(JSON.parse(readFileSync(FILE, 'utf8')))).toBe(true)
})

/** Where any value will do. */
const ANYTHING = /\/vars\/patternProperties\/|\/param\/properties\/(?:default|const)$/

test('every key has a description for editors, and every value a message', () => {
  const keys = all.filter(
    ([path]) =>
      /\/(?:properties|patternProperties)\/[^/]+$/.test(path) &&
      !/\/then\/|\/properties\/properties\//.test(path),
  )
  expect(keys.filter(([, schema]) => typeof schema.description !== 'string').map(([path]) => path)).toEqual(
    [],
  )
  const values = keys.filter(([path, schema]) => !ANYTHING.test(path) && schema.$ref === undefined)
  expect(
    values.filter(([, schema]) => typeof schema.errorMessage !== 'string').map(([path]) => path),
  ).toEqual([])
})

test('every example fits the schema it stands in', () => {
  const ajv = new Ajv({ strict: true, strictRequired: false, allowUnionTypes: true })
  ajv.addKeyword('errorMessage')
  const wrong = all.flatMap(([path, schema]) => {
    const examples = Array.isArray(schema.examples) ? schema.examples : []
    return examples.filter(example => !validates(ajv, schema, example)).map(() => path)
  })
  expect(wrong).toEqual([])
})

test('every key of a step is used by drover: a wrong value of any of them is told', () => {
  const step = all.find(([path]) => path === '/definitions/step')?.[1].properties as Json
  for (const key of Object.keys(step).filter(name => name !== 'run')) {
    const text = `hosts: all\nsteps:\n  - run: a\n    ${key}:\n`
    expect(parsePlaybook('play.yml', '/work', text).problems, key).not.toEqual([])
  }
})
