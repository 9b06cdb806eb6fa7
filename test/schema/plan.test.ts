import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { PlanSchema } from '../../schema/plan.ts'
import { sealPlan } from '../../src/plan/seal.ts'
import { anyPreview, documentOf } from '../plan/previews.ts'

const FILE = new URL('../../schema/plan.schema.json', import.meta.url)
const schema = JSON.parse(readFileSync(FILE, 'utf8'))

test('the published schema is what its source makes: else run "node schema/write.ts"', () => {
  expect(schema).toEqual(JSON.parse(JSON.stringify(PlanSchema)))
})

test('every saved plan fits the schema', () => {
  const ajv = new Ajv({ strict: true, ownProperties: true })
  const validate = ajv.compile(schema)
  fc.assert(
    fc.property(anyPreview, preview => {
      const json = JSON.parse(sealPlan(documentOf(preview), text => text).text)
      expect(validate(json), ajv.errorsText(validate.errors)).toBe(true)
      expect(validate({ ...json, more: 1 })).toBe(false)
    }),
  )
})
