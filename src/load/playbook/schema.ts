import { readFileSync } from 'node:fs'
import { Ajv, type ErrorObject } from 'ajv'

/** The part of a schema that messages are made of. */
export interface SchemaNode {
  readonly type?: string | readonly string[]
  readonly pattern?: string
  readonly anyOf?: readonly SchemaNode[]
  readonly properties?: Readonly<Record<string, unknown>>
  readonly errorMessage?: string
}

/** What ajv reports, in verbose mode: with the schema that was not met. */
export interface SchemaError {
  readonly instancePath: string
  readonly schemaPath: string
  readonly keyword: string
  readonly params: Readonly<Record<string, unknown>>
  readonly schema: SchemaNode
  readonly data: unknown
}

/** The published file: what editors check is what drover checks. */
const SCHEMA_FILE = new URL('../../../schema/playbook.schema.json', import.meta.url)

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
    // "exactly one of run, put and get" names them away from their properties.
    strictRequired: false,
    allowUnionTypes: true,
    meta: false,
    validateSchema: false,
    // Compiling takes longer than checking a playbook does; ajv's optimizer adds a third to it.
    code: { optimize: false },
  })
  ajv.addKeyword('errorMessage')
  const schema = JSON.parse(readFileSync(SCHEMA_FILE, 'utf8')) as object
  const validate = ajv.compile(schema)
  return data => (validate(data) ? [] : (validate.errors ?? []).map(schemaError))
}

function schemaError(error: ErrorObject): SchemaError {
  const { instancePath, schemaPath, keyword, params, parentSchema, data } = error
  return { instancePath, schemaPath, keyword, params, schema: (parentSchema ?? {}) as SchemaNode, data }
}
