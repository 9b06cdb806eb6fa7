import type { SourceRange } from '@marcbachmann/cel-js'
import { didYouMean } from '../model/did-you-mean.ts'
import type { Value } from '../model/value.ts'
import type { CelProblem } from './cel-problem.ts'
import { isMap, type Path, valueAt } from './cel-value.ts'
import { HOST_FIELDS, type Language } from './environment.ts'
import type { Call, Names, Reference } from './references.ts'

/** Contexts that playbooks will have; until then a clear word about them. */
const NOT_YET: ReadonlySet<string> = new Set([
  ...['steps', 'facts', 'item', 'params', 'run', 'secrets', 'groups', 'env', 'result'],
])

/** Names that CEL itself knows. */
const CEL_NAMES: ReadonlySet<string> = new Set([
  ...[
    'string',
    'bool',
    'int',
    'uint',
    'double',
    'map',
    'list',
    'bytes',
    'null_type',
    'type',
    'google',
    'cel',
  ],
])

/** Names and functions that do not exist, each with its place in the source. */
export function checkNames(names: Names, language: Language): CelProblem[] {
  const problems = [
    ...names.references.map(reference => referenceProblem(reference, language)),
    ...names.calls.map(call => callProblem(call, language)),
  ]
  return problems.filter(problem => problem !== undefined)
}

function referenceProblem(reference: Reference, language: Language): CelProblem | undefined {
  const { root, range } = reference
  if (root === 'vars') return varsProblem(reference, language)
  if (root === 'host') return hostProblem(reference)
  if (CEL_NAMES.has(root)) return undefined
  const what = 'expressions can use vars and host'
  if (NOT_YET.has(root)) return unknown(`"${root}" is not supported yet`, what, range)
  const meant = language.vars.has(root) ? `did you mean "vars.${root}"?` : didYouMean(root, ['vars', 'host'])
  return unknown(`there is no name "${root}"`, meant ?? what, range)
}

function varsProblem(reference: Reference, language: Language): CelProblem | undefined {
  const { path, keyRanges, dynamic, range, optional } = reference
  const [name, ...below] = path
  if (name === undefined) {
    const hint = dynamic ? 'a computed name could not be checked' : 'write vars.NAME'
    return unknown('vars needs the name of a variable', hint, range)
  }
  const decl = language.vars.get(String(name))
  if (decl !== undefined) return optional ? undefined : keyProblem(decl.value, below, keyRanges.slice(1))
  const meant = didYouMean(String(name), language.vars.keys())
  return unknown(
    `there is no variable "${name}"`,
    meant ?? 'declare it under vars: (null makes it required); one of the inventory alone is host.vars.NAME',
    keyRanges[0],
  )
}

/** A key that a variable's default does not have: another layer could only bring it by accident. */
function keyProblem(value: Value, path: Path, ranges: readonly SourceRange[]): CelProblem | undefined {
  for (const [depth, key] of path.entries()) {
    const outer = valueAt(value, path.slice(0, depth))
    if (outer === undefined || !isMap(outer) || typeof key !== 'string') return undefined
    const keys = Object.keys(outer)
    if (keys.length === 0) return undefined
    if (!keys.includes(key)) {
      const message = `there is no key "${key}" in this variable's default`
      return unknown(message, didYouMean(key, keys) ?? `it has ${keys.join(', ')}`, ranges[depth])
    }
  }
  return undefined
}

function hostProblem({ path: [field], keyRanges, range, dynamic }: Reference): CelProblem | undefined {
  const fields = Object.keys(HOST_FIELDS)
  const choice = `it has ${fields.join(', ')}`
  if (field === undefined)
    return unknown(dynamic ? 'a field of host cannot be computed' : 'host needs a field', choice, range)
  if (fields.includes(String(field))) return undefined
  const meant = didYouMean(String(field), fields) ?? `${choice};`
  return unknown(
    `host has no field "${field}"`,
    `${meant} a variable of the inventory is host.vars.${field}`,
    keyRanges[0],
  )
}

function callProblem({ name, method, range }: Call, language: Language): CelProblem | undefined {
  if (method && name === 'matches')
    return unknown('matches() is not supported yet', 'startsWith, endsWith and contains compare text', range)
  const known = language.functions(method)
  if (known.includes(name)) return undefined
  return unknown(`there is no ${method ? 'method' : 'function'} "${name}"`, didYouMean(name, known), range)
}

function unknown(message: string, hint: string | undefined, range: SourceRange | undefined): CelProblem {
  return {
    code: 'expression_name',
    message,
    ...(hint === undefined ? {} : { hint }),
    ...(range === undefined ? {} : { range }),
  }
}
