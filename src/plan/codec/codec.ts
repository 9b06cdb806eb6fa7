/** What JSON can hold. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

/** A JSON schema, draft-07. */
export type JsonSchema = { readonly [key: string]: unknown }

/** Takes secrets out of a text. */
export type Mask = (text: string) => string

/**
 * How a value stands in a plan file: one declaration says its keys, their order and what is refused, so that one value
 * has one spelling.
 */
export interface Codec<T> {
  readonly schema: JsonSchema
  readonly write: (value: T, mask: Mask) => Json
  /** @throws Malformed */
  readonly read: (json: unknown) => T
}

/** What stands in the file is not what the format allows; `path` leads to it. */
export class Malformed extends Error {
  readonly problem: string
  readonly path: readonly (string | number)[]

  constructor(problem: string, path: readonly (string | number)[] = []) {
    super(path.length === 0 ? problem : `${path.join('.')} ${problem}`)
    this.problem = problem
    this.path = path
  }
}

/** Reads what lies below a key; where it is malformed, the key is part of the path to it. */
export function readBelow<T>(key: string | number, codec: Codec<T>, json: unknown): T {
  try {
    return codec.read(json)
  } catch (error) {
    if (error instanceof Malformed) throw new Malformed(error.problem, [key, ...error.path])
    throw error
  }
}
