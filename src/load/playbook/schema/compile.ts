import { readFileSync } from 'node:fs'
import { Ajv, type ValidateFunction } from 'ajv'
import type { RefusalRule } from './refusals.ts'

/** The published file: what editors check is what drover checks. */
const SCHEMA_FILE = new URL('../../../../schema/playbook.schema.json', import.meta.url)

interface PublishedSchema {
  readonly definitions: Readonly<Record<string, unknown>> & {
    readonly step: { readonly allOf: readonly RefusalRule[] }
  }
}

export interface CompiledSchema {
  /** Holds the source of `validate`. */
  readonly ajv: Ajv
  readonly validate: ValidateFunction
  /** What ajv is not given; see refusals.ts. */
  readonly refusalRules: readonly RefusalRule[]
}

/**
 * Compiles the published schema: a twentieth of a second. It is not checked against the meta schema here, which would
 * cost more than all the rest: a test does that.
 */
export function compileSchema(): CompiledSchema {
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
    code: { optimize: false, source: true, esm: true },
  })
  ajv.addKeyword('errorMessage')
  const schema = JSON.parse(readFileSync(SCHEMA_FILE, 'utf8')) as PublishedSchema
  const { allOf: refusalRules, ...step } = schema.definitions.step
  const validate = ajv.compile({ ...schema, definitions: { ...schema.definitions, step } })
  return { ajv, validate, refusalRules }
}
