import Type, { type TSchema } from 'typebox'

// Values of which the documents of previews are made.

export const words = (description: string) => Type.String({ description })

export const number = (description: string) => Type.Integer({ minimum: 0, description })

export const list = (description: string, item: TSchema = Type.String()) => Type.Array(item, { description })

export const oneOf = (names: readonly string[], description: string) => Type.Enum([...names], { description })

export const only = <T extends string | number | boolean>(value: T, description: string) =>
  Type.Unsafe<T>({ const: value, description })

export const fields = (properties: Parameters<typeof Type.Object>[0], description: string) =>
  Type.Object(properties, { description, additionalProperties: false })

export const hosts = list('Names of hosts in the inventory.')

export const Failure = fields(
  {
    code: words('A stable name for the kind of failure, as remote_file.'),
    message: words('What is wrong, for people.'),
    hint: Type.Optional(words('What to do about it, for people.')),
  },
  'Why something would fail, or could not be looked at.',
)
