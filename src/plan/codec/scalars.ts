import { type Codec, Malformed } from './codec.ts'

function stringCodec(write: Codec<string>['write']): Codec<string> {
  return {
    schema: { type: 'string' },
    write,
    read: json => {
      if (typeof json === 'string') return json
      throw new Malformed('is not a text')
    },
  }
}

/** A text that may hold what a user or a host wrote: secrets in it are masked. */
export const text = stringCodec((value, mask) => mask(value))

/** A name or digest, as it is. */
export const word = stringCodec(value => value)

/** A whole number from 0. */
export const count: Codec<number> = {
  schema: { type: 'integer', minimum: 0 },
  write: value => value,
  read: json => {
    if (typeof json === 'number' && Number.isSafeInteger(json) && json >= 0) return json
    throw new Malformed('is not a whole number from 0')
  },
}

export const number: Codec<number> = {
  schema: { type: 'number' },
  write: value => value,
  read: json => {
    if (typeof json === 'number' && Number.isFinite(json)) return json
    throw new Malformed('is not a number')
  },
}

export const flag: Codec<boolean> = {
  schema: { type: 'boolean' },
  write: value => value,
  read: json => {
    if (typeof json === 'boolean') return json
    throw new Malformed('is neither true nor false')
  },
}

/** One of a few words, or `true` alone. */
export function oneOf<const T extends string | true>(...allowed: readonly T[]): Codec<T> {
  return {
    schema: allowed.length === 1 ? { const: allowed[0] } : { enum: allowed },
    write: value => value,
    read: json => {
      const found = allowed.find(value => value === json)
      if (found !== undefined) return found
      throw new Malformed(`is not ${allowed.join(' or ')}`)
    },
  }
}

/** A text that must match; `what` says what it then is, as "a digest". */
export function matching(pattern: RegExp, what: string): Codec<string> {
  return {
    schema: { type: 'string', pattern: pattern.source },
    write: value => value,
    read: json => {
      if (typeof json === 'string' && pattern.test(json)) return json
      throw new Malformed(`is not ${what}`)
    },
  }
}
