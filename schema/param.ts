import Type from 'typebox'
import { NAME, text } from './values.ts'

// What `params:` takes: the part of JSON Schema that says something about values in playbooks.

const Itself = { $ref: '#/definitions/param' }

const count = (description: string) =>
  Type.Optional(Type.Integer({ minimum: 0, description, errorMessage: 'must be a whole number, at least 0' }))
const number = (description: string) =>
  Type.Optional(Type.Number({ description, errorMessage: 'must be a number' }))
const anything = (description: string) => Type.Optional(Type.Unknown({ description }))

export const Param = Type.Object(
  {
    type: Type.Optional(
      Type.Enum(['string', 'integer', 'number', 'boolean', 'array', 'object'], {
        description: 'What kind of value it is.',
        errorMessage: 'must be string, integer, number, boolean, array or object',
        examples: ['string'],
      }),
    ),
    format: Type.Optional(
      Type.Enum(['path'], {
        description: 'path: a local path, relative to the file in which the value is written.',
        errorMessage: 'must be path: drover knows no other format',
      }),
    ),
    description: Type.Optional(
      text('What it is for, shown to people.', { examples: ['The name of the package'] }),
    ),
    default: anything(
      'The value where none is given; without a default the param must be given. It may be an expression.',
    ),
    examples: Type.Optional(
      Type.Array(Type.Unknown(), { description: 'Values as examples.', errorMessage: 'must be a list' }),
    ),
    enum: Type.Optional(
      Type.Array(Type.Unknown(), {
        minItems: 1,
        description: 'All values that are possible.',
        errorMessage: 'must be a list of values',
        examples: [['present', 'absent']],
      }),
    ),
    const: anything('The only value that is possible.'),
    pattern: Type.Optional(
      text('A regular expression that a text must match somewhere; ^ and $ bind it.', {
        examples: ['^[a-z]+$'],
      }),
    ),
    minLength: count('How long a text must be at least.'),
    maxLength: count('How long a text may be.'),
    minimum: number('The least number.'),
    maximum: number('The greatest number.'),
    exclusiveMinimum: number('A number must be greater than this.'),
    exclusiveMaximum: number('A number must be less than this.'),
    multipleOf: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        description: 'A number must be a multiple of this.',
        errorMessage: 'must be a number greater than 0',
      }),
    ),
    items: Type.Optional(Type.Unsafe<unknown>({ ...Itself, description: 'What each item of a list is.' })),
    minItems: count('How many items a list must have at least.'),
    maxItems: count('How many items a list may have.'),
    uniqueItems: Type.Optional(
      Type.Boolean({
        description: 'Whether no item of a list may be there twice.',
        errorMessage: 'must be true or false',
      }),
    ),
    properties: Type.Optional(
      Type.Unsafe<Readonly<Record<string, unknown>>>({
        type: 'object',
        additionalProperties: Itself,
        description: 'What the values of a map are, by their keys.',
        errorMessage: 'must be a map of names to schemas',
      }),
    ),
    required: Type.Optional(
      Type.Array(Type.String({ errorMessage: 'must be the name of a key' }), {
        description: 'The keys that a map must have.',
        errorMessage: 'must be a list of keys',
        examples: [['name']],
      }),
    ),
    additionalProperties: Type.Optional(
      Type.Unsafe<unknown>({
        type: ['boolean', 'object'],
        if: { type: 'object' },
        // biome-ignore lint/suspicious/noThenProperty: JSON Schema's word
        then: Itself,
        description: 'Whether a map may have other keys than "properties" names, or what these are.',
        errorMessage: 'must be true, false or a schema',
      }),
    ),
  },
  {
    description: 'A JSON Schema of the value.',
    additionalProperties: false,
    errorMessage: 'must be a map such as { type: string }',
    examples: [{ type: 'string' }, { type: 'integer', minimum: 1, default: 80 }],
  },
)

export const Params = Type.Unsafe<Readonly<Record<string, unknown>>>({
  type: 'object',
  description:
    'What the steps of this file take from the file that uses it, as ${{ params.name }}: a JSON Schema each. Without a "default" a param must be given.',
  patternProperties: { [NAME]: { ...Itself, description: 'A JSON Schema of the value.' } },
  additionalProperties: false,
  errorMessage: 'must be a map of names to JSON Schemas',
  examples: [{ name: { type: 'string', description: 'The package' } }],
})
