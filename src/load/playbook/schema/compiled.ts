import type { ErrorObject } from 'ajv'
import { compileSchema } from './compile.ts'
import type { RefusalRule } from './refusals.ts'

/** What ajv makes of a schema, without ajv. */
export interface Validate {
  (data: unknown): boolean
  errors?: readonly ErrorObject[] | null
}

const compiled = compileSchema()

// build.ts puts the outcome in place of this module: compiling would be a fifth of what a small run costs.
export const validate = compiled.validate as Validate
export const refusalRules: readonly RefusalRule[] = compiled.refusalRules
