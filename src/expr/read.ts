import { Secret } from '../model/secret.ts'
import type { Value, WrittenNumber } from '../model/value.ts'
import { type CelProblem, celProblem, missingKey } from './cel-problem.ts'
import { isWrittenNumber, type Path, valueAt } from './cel-value.ts'
import { hostField, type Language, type Scope } from './environment.ts'
import type { Reader } from './reader.ts'

/** `missing`: a name on the way has no value for this host. */
export type Reading =
  | { readonly value: unknown }
  | { readonly missing: string }
  | { readonly problem: CelProblem }

/** Reads an expression for one host. The value is a `Value` or what CEL gave; a Secret never comes out. */
export function read(reader: Reader, language: Language, scope: Scope): Reading {
  switch (reader.kind) {
    case 'vars':
      return select(scope.variable(String(reader.path[0])), reader.path.slice(1), `vars.${reader.path[0]}`)
    case 'host':
      return { value: hostField(scope.host, reader.field) }
    case 'hostVars':
      return readHostVar(reader.path, scope)
    case 'default': {
      const wanted = read(reader.wanted, language, scope)
      return 'missing' in wanted ? read(reader.fallback, language, scope) : wanted
    }
    case 'choice': {
      const test = read(reader.test, language, scope)
      if (!('value' in test)) return test
      return read(test.value === true ? reader.yes : reader.no, language, scope)
    }
    case 'cel':
      return calculate(reader.source, language, scope)
  }
}

function readHostVar([name, ...below]: Path, { host }: Scope): Reading {
  const key = String(name)
  const value = Object.hasOwn(host.vars, key) ? host.vars[key] : undefined
  if (value === undefined) return { missing: `host.vars.${key}` }
  if (value instanceof Secret) {
    return {
      problem: {
        code: 'expression_value',
        message: `host.vars.${key} is a secret, and secrets are not supported in expressions yet`,
      },
    }
  }
  return select(value, below, `host.vars.${key}`)
}

function select(value: Value | undefined, below: Path, name: string): Reading {
  const found = value === undefined ? undefined : valueAt(value, below)
  return found === undefined ? { missing: [name, ...below].join('.') } : { value: found }
}

function calculate(source: string, language: Language, scope: Scope): Reading {
  try {
    return { value: language.evaluate(source, scope) }
  } catch (error) {
    const missing = missingKey(error)
    return missing === undefined
      ? { problem: { ...celProblem(error), code: 'expression_value' } }
      : { missing }
  }
}

/** The text that what was read interpolates as; undefined where it has none. */
export function asText(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
      return value
    case 'boolean':
    case 'bigint':
      return String(value)
    case 'number':
      return Number.isFinite(value) ? String(value) : undefined
    default:
      return isWrittenNumber(value as Value) ? (value as WrittenNumber).text : undefined
  }
}
