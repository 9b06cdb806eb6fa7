import type { Depends, LocatedReference, Traits } from '../../expr/check-template.ts'
import { dependencyOrder } from '../../expr/dependency-order.ts'
import type { Language } from '../../expr/environment.ts'
import type { ParamDecl, PlaybookFile } from '../../model/playbook.ts'
import type { Problem } from '../../model/problem.ts'
import type { CheckedParam } from './checked.ts'
import { mistyped } from './param-type.ts'
import { Texts } from './texts.ts'

export type { Traits }

export type ParamTraits = ReadonlyMap<string, Traits>

const FIXED: Traits = { perHost: false, late: false }
const PER_HOST: Traits = { perHost: true, late: false }
const LATE: Traits = { perHost: true, late: true }
const OF_RUN: Traits = { perHost: false, late: true }

/** What names depend on, apart from variables, parameters and items. */
function traitsOf(reference: Parameters<Depends>[0], own: Owned): Traits {
  switch (reference.root) {
    case 'vars':
      return own.variables(reference)
    case 'params':
      return own.params.get(String(reference.path[0])) ?? FIXED
    case 'item':
      return own.item
    case 'host':
      return PER_HOST
    case 'steps':
    case 'facts':
    case 'result':
      return LATE
    case 'run':
      return OF_RUN
    default:
      return FIXED
  }
}

/** What the names of one place depend on. */
export interface Owned {
  readonly variables: Depends
  readonly params: ParamTraits
  readonly item: Traits
}

export function dependsOn(own: Owned): Depends {
  return reference => traitsOf(reference, own)
}

/** The parameters of a file, their defaults each after those that it refers to. */
export class Params {
  readonly #decls: readonly ParamDecl[]
  readonly #order: readonly number[]
  readonly #references: readonly (readonly LocatedReference[])[]
  readonly #variables: Depends

  constructor(
    decls: readonly ParamDecl[],
    order: readonly number[],
    references: readonly (readonly LocatedReference[])[],
    variables: Depends,
  ) {
    this.#variables = variables
    this.#decls = decls
    this.#order = order
    this.#references = references
  }

  /** The traits of all parameters, those that are not given having their defaults. */
  traits(given: ParamTraits): ParamTraits {
    const params = new Map<string, Traits>(this.#decls.map(({ name }) => [name, given.get(name) ?? FIXED]))
    for (const at of this.#order) {
      const decl = this.#decls[at] as ParamDecl
      if (given.has(decl.name)) continue
      const depends = dependsOn({ variables: this.#variables, params, item: FIXED })
      const all = (this.#references[at] ?? []).map(depends)
      params.set(decl.name, {
        perHost: all.some(({ perHost }) => perHost),
        late: all.some(({ late }) => late),
      })
    }
    return params
  }
}

/** Checks the defaults of a file's parameters, and finds those that refer to each other in a circle. */
export function checkParams(
  { params }: PlaybookFile,
  language: Language,
  variables: Depends,
  problems: Problem[],
): Params {
  const fallbacks = params.map(decl => {
    if (decl.fallback === undefined) return []
    const value = new Texts(language, () => FIXED, problems).value(decl.fallback)
    problems.push(
      ...mistyped(decl, value, `the default of "${decl.name}"`),
      ...unfitReferences(value.references),
    )
    return value.references
  })
  const index = new Map(params.map(({ name }, at) => [name, at]))
  const needs = fallbacks.map(references =>
    references.flatMap(({ root, path }) => (root === 'params' ? (index.get(String(path[0])) ?? []) : [])),
  )
  const { order, cycles } = dependencyOrder(params.length, needs)
  for (const cycle of cycles) {
    const [first, ...others] = cycle.flatMap(at => params[at] ?? [])
    if (first === undefined) continue
    problems.push({
      code: 'expression_name',
      severity: 'error',
      message: `the parameter "${first.name}" refers to itself: ${[first, ...others].map(({ name }) => name).join(' → ')}`,
      where: first.where,
    })
  }
  return new Params(params, order, fallbacks, variables)
}

/** Defaults are worked out where the file begins: there are no steps before it. */
function unfitReferences(references: readonly LocatedReference[]): Problem[] {
  return references
    .filter(({ root }) => root === 'steps')
    .map(({ where }) => ({
      code: 'expression_name',
      severity: 'error',
      message: 'the default of a parameter cannot use the result of a step',
      where,
      hint: 'it may use params, host, groups, facts and env',
    }))
}

/** The parameters as a place in the file sees them: their defaults with what they depend on there. */
export function checkedParams(
  { params }: PlaybookFile,
  language: Language,
  depends: Depends,
): ReadonlyMap<string, CheckedParam> {
  return new Map(
    params.map(decl => {
      if (decl.fallback === undefined) return [decl.name, { decl }]
      return [decl.name, { decl, fallback: new Texts(language, depends, []).value(decl.fallback) }]
    }),
  )
}
