import { type Codec, type Json, type JsonSchema, Malformed, type Mask, readBelow } from './codec.ts'

/** Marks a key that may be absent. */
export interface Optional<T> {
  readonly optional: Codec<T>
}

export function optional<T>(codec: Codec<T>): Optional<T> {
  return { optional: codec }
}

type Fields<T> = {
  readonly [K in keyof T]-?: Record<never, never> extends Pick<T, K>
    ? Optional<Exclude<T[K], undefined>>
    : Codec<T[K]>
}

interface Field {
  readonly key: string
  readonly codec: Codec<unknown>
  readonly required: boolean
}

/** An object with these keys, in this order and in snake case, and no others. */
export function object<T extends object>(fields: Fields<T>): Codec<T> {
  return new ObjectCodec(fieldsOf<T>(fields)) as unknown as Codec<T>
}

/** Objects told apart by their `kind`, which comes first. */
export function union<T extends { readonly kind: string }>(
  cases: {
    readonly [K in T['kind']]: Fields<Omit<Extract<T, { readonly kind: K }>, 'kind'>>
  },
): Codec<T> {
  const codecs = new Map(
    Object.entries<Fields<object>>(cases).map(([kind, fields]) => [
      kind,
      new ObjectCodec(fieldsOf(fields), kind),
    ]),
  )
  const ofKind = (kind: unknown) => {
    const codec = typeof kind === 'string' ? codecs.get(kind) : undefined
    if (codec !== undefined) return codec
    throw new Malformed(`is not of a known kind (${[...codecs.keys()].join(', ')})`)
  }
  return {
    schema: { oneOf: [...codecs.values()].map(codec => codec.schema) },
    write: (value, mask) => ofKind(value.kind).write(value, mask),
    read: json => ofKind(plainObject(json).kind).read(json) as T,
  }
}

export function list<T>(codec: Codec<T>): Codec<readonly T[]> {
  return {
    schema: { type: 'array', items: codec.schema },
    write: (values, mask) => values.map(value => codec.write(value, mask)),
    read: json => {
      if (!Array.isArray(json)) throw new Malformed('is not a list')
      return json.map((item, at) => readBelow(at, codec, item))
    },
  }
}

export function pair<A, B>(first: Codec<A>, second: Codec<B>): Codec<readonly [A, B]> {
  return {
    schema: {
      type: 'array',
      items: [first.schema, second.schema],
      minItems: 2,
      additionalItems: false,
    },
    write: ([a, b], mask) => [first.write(a, mask), second.write(b, mask)],
    read: json => {
      if (!Array.isArray(json) || json.length !== 2) throw new Malformed('is not a pair')
      return [readBelow(0, first, json[0]), readBelow(1, second, json[1])]
    },
  }
}

/** One word, or else something that is not text. */
export function wordOr<const W extends string, T>(only: W, codec: Codec<T>): Codec<W | T> {
  return {
    schema: { oneOf: [{ const: only }, codec.schema] },
    write: (value, mask) => (value === only ? only : codec.write(value as T, mask)),
    read: json => (json === only ? only : codec.read(json)),
  }
}

class ObjectCodec implements Codec<object> {
  readonly schema: JsonSchema
  readonly #fields: ReadonlyMap<string, Field>
  readonly #kind: string | undefined

  constructor(fields: ReadonlyMap<string, Field>, kind?: string) {
    this.#fields = fields
    this.#kind = kind
    const properties = [...fields].map(([wire, { codec }]) => [wire, codec.schema])
    const required = [...fields].filter(([, field]) => field.required).map(([wire]) => wire)
    this.schema = {
      type: 'object',
      properties: {
        ...(kind === undefined ? {} : { kind: { const: kind } }),
        ...Object.fromEntries(properties),
      },
      required: kind === undefined ? required : ['kind', ...required],
      additionalProperties: false,
    }
  }

  write(value: object, mask: Mask): Json {
    const written: Record<string, Json> = this.#kind === undefined ? {} : { kind: this.#kind }
    for (const [wire, { key, codec }] of this.#fields) {
      const own = (value as Record<string, unknown>)[key]
      if (own !== undefined) written[wire] = codec.write(own, mask)
    }
    return written
  }

  read(json: unknown): object {
    const given = plainObject(json)
    for (const wire of Object.keys(given))
      if (!this.#fields.has(wire) && !(wire === 'kind' && this.#kind !== undefined))
        throw new Malformed(`has an unknown key ${JSON.stringify(wire)}`)
    const read: Record<string, unknown> = this.#kind === undefined ? {} : { kind: this.#kind }
    for (const [wire, { key, codec, required }] of this.#fields) {
      if (Object.hasOwn(given, wire)) read[key] = readBelow(wire, codec, given[wire])
      else if (required) throw new Malformed(`lacks the key ${JSON.stringify(wire)}`)
    }
    return read
  }
}

function fieldsOf<T>(fields: Fields<T>): ReadonlyMap<string, Field> {
  return new Map(
    Object.entries(fields as Record<string, Codec<unknown> | Optional<unknown>>).map(([key, field]) => {
      const codec = 'optional' in field ? field.optional : field
      return [snakeCase(key), { key, codec, required: !('optional' in field) }]
    }),
  )
}

function snakeCase(key: string): string {
  return key.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`)
}

function plainObject(json: unknown): Readonly<Record<string, unknown>> {
  if (typeof json === 'object' && json !== null && !Array.isArray(json))
    return json as Readonly<Record<string, unknown>>
  throw new Malformed('is not an object')
}
