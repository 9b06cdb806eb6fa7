import type { ErrorObject } from 'ajv'
import { refusalRules, validate } from './compiled.ts'
import type { SchemaError, SchemaNode } from './error.ts'
import { refusalErrors, refusalsOf } from './refusals.ts'

const REFUSALS = refusalsOf(refusalRules)

/** All errors of a value against the published schema; an empty list means that it fits. */
export function schemaErrors(data: unknown): readonly SchemaError[] {
  const errors = validate(data) ? [] : (validate.errors ?? []).map(schemaError)
  return [...errors, ...refusalErrors(REFUSALS, data)]
}

function schemaError(error: ErrorObject): SchemaError {
  const { instancePath, schemaPath, keyword, params, parentSchema, data } = error
  return { instancePath, schemaPath, keyword, params, schema: (parentSchema ?? {}) as SchemaNode, data }
}
