import { createRequire } from 'node:module'
import type { RE2JS } from 're2js'
import { type Value, WrittenNumber } from '../../../model/value.ts'
import { plainData } from '../../yaml/plain.ts'
import type { YamlNode } from '../../yaml/tree.ts'
import { misfitWords } from './wording.ts'

/**
 * What a param's JSON Schema makes of values; or why it is none, a sentence to follow the param's name, and the pattern
 * that is to blame, if one is.
 */
export type ParamCheck =
  | SoundParam
  | { readonly kind: 'unsound'; readonly why: string; readonly pattern?: string }

export interface SoundParam {
  readonly kind: 'check'
  readonly misfit: (value: Value) => string | undefined
}

// Both take longer to load than most playbooks to check, and few have params: not before they are needed.
const require = createRequire(import.meta.url)

/** Compiles the schema of a param: a tenth of a millisecond. Its keys and their types have been checked. */
export function paramCheck(name: string, schema: YamlNode): ParamCheck {
  const { Ajv } = require('ajv') as typeof import('ajv')
  const ajv = new Ajv({
    ...{ strict: true, strictRequired: false, ownProperties: true, verbose: true },
    ...{
      logger: false,
      meta: false,
      validateSchema: false,
      addUsedSchema: false,
      code: { optimize: false, regExp: linearRegExp },
    },
  })
  ajv.addFormat('path', true)
  try {
    const validate = ajv.compile(plainData(schema) as object)
    const misfit = (value: Value) => {
      if (validate(jsonValue(value)) === true) return undefined
      const [error] = validate.errors ?? []
      return error === undefined ? `"${name}" does not fit` : misfitWords(name, error, value)
    }
    return { kind: 'check', misfit }
  } catch (error) {
    if (error instanceof PatternError) return { kind: 'unsound', why: error.message, pattern: error.pattern }
    return { kind: 'unsound', why: unsoundness(error instanceof Error ? error.message : String(error)) }
  }
}

/**
 * Patterns take linear time, whatever a host has written into a value: RE2, as in expressions. ajv tells engines
 * apart by `code`, and patterns by their text.
 */
const linearRegExp = Object.assign(
  (pattern: string) => {
    const compiled = compilePattern(pattern)
    return { test: (text: string) => compiled.matcher(text).find(), toString: () => pattern }
  },
  { code: 'linearRegExp' },
)

class PatternError extends Error {
  readonly pattern: string

  constructor(pattern: string, why: string) {
    super(`has a pattern that is no regular expression of RE2: ${why}`)
    this.pattern = pattern
  }
}

function compilePattern(pattern: string): RE2JS {
  try {
    const { RE2JS } = require('re2js') as typeof import('re2js')
    return RE2JS.compile(pattern)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    throw new PatternError(pattern, message.replace(/^error parsing regexp: /, ''))
  }
}

/** What ajv's strict mode refuses, in drover's words. */
function unsoundness(message: string): string {
  const types = /missing type "([\w,]+)" for keyword "(\w+)"/.exec(message)
  if (types !== null) {
    const numbers = 'integer" or "type: number'
    const type = types[2] === 'format' ? 'string' : types[1] === 'number' ? numbers : types[1]
    return `has "${types[2]}", which goes with "type: ${type}" only`
  }
  return `has a schema that is wrong: ${message.replace(/^strict mode: /, '')}`
}

const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/
const MOST_DIGITS = 18

/** A value as JSON has it. A number that is written oddly (`007`) is text, as it is for expressions. */
function jsonValue(value: Value): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(jsonValue)
  if (WrittenNumber.is(value)) return isAmount(value.text) ? Number(value.text) : value.text
  const map = Object.create(null) as Record<string, unknown>
  for (const [key, item] of Object.entries(value)) map[key] = jsonValue(item)
  return map
}

/** More digits than a double holds are an id, not an amount: expressions take them as text, too. */
function isAmount(text: string): boolean {
  return JSON_NUMBER.test(text) && (!/^-?\d+$/.test(text) || text.length <= MOST_DIGITS)
}
