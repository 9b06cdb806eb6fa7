import { Secret } from '../model/secret.ts'
import { type Value, WrittenNumber } from '../model/value.ts'
import { type CelProblem, celProblem, missingKey } from './cel-problem.ts'
import { celToValue, type Path, valueAt } from './cel-value.ts'
import type { Language } from './environment.ts'
import { ExpressionFailure, MissingValue, valueFailure } from './failure.ts'
import { jsonText } from './json-value.ts'
import type { Reader } from './reader.ts'
import { resultField, sumField } from './result-fields.ts'
import type { Scope } from './scope.ts'
import { ownResult, resultHere, resultOn, stepOf } from './step-views.ts'
import { factsOf, hostField, runField } from './views.ts'

/** `missing`: a name on the way has no value for this host; `reason` is the end of a sentence. */
export type Reading =
  | { readonly value: unknown }
  | { readonly missing: string; readonly reason?: string }
  | { readonly problem: CelProblem }

/** Reads an expression for one host. The value is a `Value` or what CEL gave; a Secret never comes out. */
export function read(reader: Reader, language: Language, scope: Scope): Reading {
  try {
    return readNow(reader, language, scope)
  } catch (error) {
    if (error instanceof MissingValue)
      return { missing: error.what, ...(error.reason === undefined ? {} : { reason: error.reason }) }
    if (error instanceof ExpressionFailure) return { problem: error.problem }
    const missing = missingKey(error)
    return missing === undefined
      ? { problem: { ...celProblem(error), code: 'expression_value' } }
      : { missing }
  }
}

function readNow(reader: Reader, language: Language, scope: Scope): Reading {
  switch (reader.kind) {
    case 'path':
      return select(begin(reader, scope), reader)
    case 'json': {
      const inner = read(reader.value, language, scope)
      return 'value' in inner ? { value: jsonText(celToValue(inner.value)) } : inner
    }
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
      return { value: language.evaluate(reader.source, scope) }
  }
}

type PathReader = Reader & { readonly kind: 'path' }

/** A value and how much of the path is still to be walked. */
interface Begun {
  readonly value: unknown
  readonly path: Path
}

function begin({ root, name, path }: PathReader, scope: Scope): Begun {
  switch (root) {
    case 'vars':
      return { value: scope.variable(name), path }
    case 'params':
      return { value: scope.param(name), path }
    case 'item':
      return { value: scope.item, path }
    case 'local':
      return { value: scope.locals?.get(name), path }
    case 'host': {
      const value = hostField(scope.host, name)
      return { value: typeof value === 'bigint' ? new WrittenNumber(String(value)) : value, path }
    }
    case 'hostVars':
      return { value: hostVar(name, scope), path }
    case 'groups':
      return { value: scope.groups.get(name), path }
    case 'env':
      return { value: Object.hasOwn(scope.env, name) ? scope.env[name] : undefined, path }
    case 'secrets':
      return { value: scope.secret?.(name), path }
    case 'facts':
      return { value: factsOf(scope)[name], path }
    case 'run':
      return { value: runField(scope, name), path }
    case 'result':
      return { value: resultField(ownResult(scope), name, 'result'), path }
    case 'steps':
      return ofStep(name, path, scope)
  }
}

function ofStep(id: string, path: Path, scope: Scope): Begun {
  const step = stepOf(scope, id)
  const name = `steps.${id}`
  const [field = '', second, third = '', ...below] = path
  switch (step.kind) {
    case 'step':
      if (field !== 'on')
        return { value: resultField(resultHere(step, name), String(field), name), path: path.slice(1) }
      return {
        value: resultField(
          resultOn(step, String(second), name),
          String(third),
          `${name}.on[${JSON.stringify(second)}]`,
        ),
        path: below,
      }
    case 'loop': {
      if (field !== 'items') return { value: sumField(step.items, String(field), name), path: path.slice(1) }
      const item = step.items[Number(second)]
      if (item === undefined) throw new MissingValue(`${name}.items[${second}]`)
      return { value: resultField(item, String(third), `${name}.items[${second}]`), path: below }
    }
    case 'group':
      return { value: sumField(step.members, String(field), name), path: path.slice(1) }
  }
}

function hostVar(name: string, { host }: Scope): Value | undefined {
  const value = Object.hasOwn(host.vars, name) ? host.vars[name] : undefined
  if (value instanceof Secret)
    throw valueFailure(`host.vars.${name} is a secret of the inventory, and no expression can use it`)
  return value
}

function select({ value, path }: Begun, reader: PathReader): Reading {
  const found = value === undefined ? undefined : valueAt(value as Value, path)
  return found === undefined ? { missing: nameOf(reader) } : { value: found }
}

function nameOf({ root, name, path }: PathReader): string {
  const first = root === 'hostVars' ? 'host.vars' : root
  const start = root === 'item' ? ['item'] : root === 'local' ? [name] : [first, name]
  return [...start, ...path].join('.')
}
