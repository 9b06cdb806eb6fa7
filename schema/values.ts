import Type from 'typebox'

/** Anything that JSON Schema knows besides what the functions here set. */
export type Extra = Readonly<Record<string, unknown>>

export const EXPRESSION = '\\$\\{\\{'
/** Of variables, params and environment variables. */
export const NAME = '^[A-Za-z_][A-Za-z0-9_]*$'
/** Of semaphores and tags, which stand in lists on the command line. */
export const LABEL = '^[A-Za-z0-9_][A-Za-z0-9_.-]*$'

export const text = (description: string, extra: Extra = {}) =>
  Type.String({ description, minLength: 1, errorMessage: 'must be text', ...extra })

export const flag = (description: string) =>
  Type.Boolean({ description, default: false, errorMessage: 'must be true or false' })

export const oneOrMany = (description: string, extra: Extra = {}, item: Extra = {}) =>
  Type.Union(
    [
      text('One of them.', item),
      Type.Array(text('One of them.', item), { minItems: 1, errorMessage: 'must be a list of texts' }),
    ],
    { description, errorMessage: 'must be text or a list of texts', ...extra },
  )

export const written = (description: string, extra: Extra = {}) =>
  Type.Unsafe<string | number | boolean>({
    type: ['string', 'number', 'boolean'],
    description,
    errorMessage: 'must be text or a number',
    ...extra,
  })

/** A bare expression: YAML makes booleans of `true` and `false`, and they mean the same. */
export const condition = (description: string, extra: Extra = {}) =>
  Type.Unsafe<string | boolean>({
    type: ['string', 'boolean'],
    minLength: 1,
    description: `${description} A bare expression, without \${{ }}.`,
    errorMessage: 'must be a condition: an expression, true or false',
    ...extra,
  })

/** @param least in seconds: 0 where no time at all makes sense, else 1 */
export const duration = (description: string, least: 0 | 1, extra: Extra = {}) =>
  Type.Union(
    [
      Type.Integer({ minimum: least }),
      Type.String({ pattern: least === 0 ? '^[0-9]+(ms|s|m|h|d)?$' : '^[0-9]*[1-9][0-9]*(ms|s|m|h|d)?$' }),
    ],
    {
      description: `${description} A number of seconds, or with a unit (ms, s, m, h, d).`,
      errorMessage: 'must be a duration such as 30s, 5m, 1h, or a whole number of seconds',
      examples: ['30s', '5m', '1h'],
      ...extra,
    },
  )

export const wholeNumber = (description: string, extra: Extra = {}) =>
  Type.Integer({ minimum: 1, description, errorMessage: 'must be a whole number, at least 1', ...extra })

export const MaxFailures = Type.Union(
  [Type.Integer({ minimum: 0 }), Type.String({ pattern: '^(100|[1-9]?[0-9])%$' })],
  {
    description:
      'How many distinct hosts may fail or be unreachable: a number, or a share of the hosts, rounded down. 0 unless given.',
    errorMessage: 'must be a whole number of hosts, or a share such as "25%"',
    examples: [1, '25%'],
  },
)
