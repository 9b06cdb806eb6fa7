import { readFileSync } from 'node:fs'
import { Ajv, type ErrorObject } from 'ajv'
import type { SchemaError, SchemaNode } from './error.ts'
import { type RefusalRule, refusalErrors, refusalsOf } from './refusals.ts'

/** The published file: what editors check is what drover checks. */
const SCHEMA_FILE = new URL('../../../../schema/playbook.schema.json', import.meta.url)

/**
 * Compiles the published schema; a few milliseconds, so once a process. It is not checked against the meta schema
 * here, which would cost more than all the rest: a test does that.
 * @returns a function that gives all errors of a value; an empty list means that it fits
 */
export function compilePlaybookSchema(): (data: unknown) => readonly SchemaError[] {
  const ajv = new Ajv({
    allErrors: true,
    verbose: true,
    ownProperties: true,
    strict: true,
    // "exactly one of run, put, get, …" names them away from their properties.
    strictRequired: false,
    allowUnionTypes: true,
    meta: false,
    validateSchema: false,
    // Compiling takes longer than checking a playbook does; ajv's optimizer adds a third to it.
    code: { optimize: false },
  })
  ajv.addKeyword('errorMessage')
  const schema = JSON.parse(readFileSync(SCHEMA_FILE, 'utf8')) as PublishedSchema
  const { allOf, ...step } = schema.definitions.step
  const refusals = refusalsOf(allOf)
  const validate = ajv.compile({ ...schema, definitions: { ...schema.definitions, step } })
  return data => {
    const errors = validate(data) ? [] : (validate.errors ?? []).map(schemaError)
    return [...errors, ...refusalErrors(refusals, data)]
  }
}

interface PublishedSchema {
  readonly definitions: Readonly<Record<string, unknown>> & {
    readonly step: { readonly allOf: readonly RefusalRule[] }
  }
}

function schemaError(error: ErrorObject): SchemaError {
  const { instancePath, schemaPath, keyword, params, parentSchema, data } = error
  return { instancePath, schemaPath, keyword, params, schema: (parentSchema ?? {}) as SchemaNode, data }
}
