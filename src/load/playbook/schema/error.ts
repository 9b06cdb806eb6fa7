/** The part of a schema that messages are made of. */
export interface SchemaNode {
  readonly type?: string | readonly string[]
  readonly pattern?: string
  readonly minLength?: number
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
