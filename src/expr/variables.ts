import type { Host } from '../model/host.ts'
import type { VarDecl } from '../model/playbook.ts'
import type { Problem } from '../model/problem.ts'
import type { Value } from '../model/value.ts'
import { checkDefault, type DefaultTemplate } from './default-template.ts'
import { dependencyOrder } from './dependency-order.ts'
import type { Language } from './environment.ts'
import { evaluateTemplate } from './evaluate-value.ts'
import type { Depends, Traits } from './expression.ts'
import { ExpressionFailure, notYetKnown } from './failure.ts'
import { HostValues, misfit, missing } from './host-values.ts'
import type { Reference } from './references.ts'
import type { RenderProblem } from './render-template.ts'
import { FIXED, traitsOfRoot } from './root-traits.ts'
import type { Scope } from './scope.ts'
import { TEXT } from './shape.ts'
import { convertToShape } from './var-type.ts'

/** A variable's value: the same for all hosts, or one for each (undefined where it has none), or known in the run. */
type Layered =
  | { readonly kind: 'same'; readonly value: Value }
  | { readonly kind: 'each'; readonly values: readonly (Value | undefined)[] }
  /** `given`: those of the hosts for which the inventory has a value. */
  | { readonly kind: 'late'; readonly given: readonly (Value | undefined)[]; readonly entry: DefaultTemplate }

/** What defaults of variables may use besides each other. */
export type Surroundings = Pick<Scope, 'groups' | 'env' | 'run' | 'readFile' | 'param'> & {
  /** Of the host with this index; undefined before they are gathered. */
  readonly facts: (host: number) => Value | undefined
}

const NOTHING_AROUND: Surroundings = {
  groups: new Map(),
  env: {},
  run: undefined,
  readFile: path => ({ problem: `${path} cannot be read here` }),
  param: () => undefined,
  facts: () => undefined,
}

/** The variables of a run: defaults < inventory < `-e`, worked out for every host. */
export class Variables {
  readonly #language: Language
  readonly #hosts: readonly Host[]
  readonly #around: Surroundings
  readonly #layers = new Map<string, Layered>()
  readonly #traits = new Map<string, Traits & { readonly facts: boolean }>()
  readonly #scopes = new Map<number, Scope>()
  readonly #problems: Problem[] = []
  /** Variables with problems: what refers to them is not told again. */
  readonly #wrong = new Set<string>()
  /** Late values of the last host that was asked for, as long as its facts are the same. */
  #late:
    | { readonly host: number; readonly facts: Value | undefined; readonly values: Map<string, Value> }
    | undefined

  /**
   * @param given what `-e` sets; all its names are declared
   * @param around what defaults may use
   */
  constructor(
    language: Language,
    hosts: readonly Host[],
    given: Readonly<Record<string, Value>>,
    around: Surroundings = NOTHING_AROUND,
  ) {
    this.#language = language
    this.#hosts = hosts
    this.#around = around
    for (const entry of this.#ordered()) {
      const { decl } = entry
      const told = this.#problems.length
      for (const problem of entry.problems) this.#problems.push(problem)
      const layer = Object.hasOwn(given, decl.name)
        ? this.#fromCommandLine(entry, given[decl.name] ?? null)
        : this.#fromHosts(entry)
      if (layer !== undefined) this.#layers.set(decl.name, layer)
      this.#traits.set(decl.name, this.#traitsOf(entry, layer))
      if (this.#problems.length > told) this.#wrong.add(decl.name)
    }
  }

  get problems(): readonly Problem[] {
    return this.#problems
  }

  /** What expressions see on the host with this index, but for steps and items. */
  scope(index: number): Scope {
    const known = this.#scopes.get(index)
    if (known !== undefined) return known
    const host = this.#hosts[index] as Host
    const { facts, ...around } = this.#around
    const scope: Scope = {
      ...around,
      host,
      variable: name => this.value(index, name),
      facts: () => facts(index),
      step: () => undefined,
    }
    this.#scopes.set(index, scope)
    return scope
  }

  /**
   * A variable's value on the host with this index; undefined where it has none.
   * @throws ExpressionFailure, which expressions report, where its default cannot be worked out there, or not yet
   */
  value(index: number, name: string): Value | undefined {
    const layer = this.#layers.get(name)
    switch (layer?.kind) {
      case undefined:
        return undefined
      case 'same':
        return layer.value
      case 'each':
        return layer.values[index]
      case 'late':
        return layer.given[index] ?? this.#lateValue(index, name, layer.entry)
    }
  }

  /** What a reference to a variable or the host depends on. */
  readonly depends: Depends = ({ root, path }) => {
    if (root === 'vars') return this.#traits.get(String(path[0])) ?? FIXED
    return traitsOfRoot(root)
  }

  /** Whether what a reference names can differ between hosts. */
  readonly varies = (reference: Reference): boolean => this.depends(reference).perHost

  /** Whether what a reference names takes the facts of hosts. */
  needsFacts({ root, path }: Reference): boolean {
    return root === 'facts' || (root === 'vars' && this.#traits.get(String(path[0]))?.facts === true)
  }

  #traitsOf({ references }: DefaultTemplate, layer: Layered | undefined) {
    if (layer?.kind !== 'late') return { perHost: layer?.kind === 'each', late: false, facts: false }
    return { perHost: true, late: true, facts: references.some(reference => this.needsFacts(reference)) }
  }

  #lateValue(index: number, name: string, { template, shape, decl }: DefaultTemplate): Value {
    const facts = this.#around.facts(index)
    if (this.#late?.host !== index || this.#late.facts !== facts)
      this.#late = { host: index, facts, values: new Map() }
    const { values } = this.#late
    const known = values.get(name)
    if (known !== undefined) return known
    const rendered = evaluateTemplate(template, this.#language, this.scope(index))
    if ('code' in rendered) throw failureIn(decl, rendered)
    const value = convertToShape(shape, rendered.value)
    if (value === undefined) throw failureIn(decl, misfit(decl, shape, rendered.value, 'the default gives'))
    values.set(name, value)
    return value
  }

  /** Defaults, each after those that it refers to. */
  #ordered(): DefaultTemplate[] {
    const entries = [...this.#language.vars.values()].map(decl => checkDefault(decl, this.#language))
    const index = new Map(entries.map(({ decl }, at) => [decl.name, at]))
    const needs = entries.map(({ references }) =>
      references.flatMap(({ root, path }) => (root === 'vars' ? (index.get(String(path[0])) ?? []) : [])),
    )
    const { order, cycles } = dependencyOrder(entries.length, needs)
    for (const cycle of cycles) {
      const members = cycle.flatMap(at => entries[at]?.decl ?? [])
      const [first] = members
      if (first !== undefined) this.#problems.push(recursion(first, members))
    }
    return order.flatMap(at => entries[at] ?? [])
  }

  #fromCommandLine({ decl, shape }: DefaultTemplate, given: Value): Layered | undefined {
    const value = convertToShape(decl.value === null ? TEXT : shape, given)
    if (value !== undefined) return { kind: 'same', value }
    this.#problems.push(misfit(decl, shape, given, '-e gives'))
    return undefined
  }

  #fromHosts(entry: DefaultTemplate): Layered | undefined {
    const { decl, shape, references } = entry
    if (references.some(({ root, path }) => root === 'vars' && this.#wrong.has(String(path[0])))) {
      this.#wrong.add(decl.name)
      return undefined
    }
    const overridden = this.#hosts.some(host => Object.hasOwn(host.vars, decl.name))
    const isLate = references.some(reference => this.depends(reference).late)
    const fallback = isLate ? undefined : this.#defaultOf(entry)
    if (!overridden && fallback !== undefined) return fallback
    if (this.#hosts.length === 0 && decl.value === null) this.#problems.push(missing(decl, []))
    const read = new HostValues(decl, shape)
    const values = this.#hosts.map((host, index) => {
      const given = Object.hasOwn(host.vars, decl.name) ? host.vars[decl.name] : undefined
      if (given !== undefined) return read.take(host, given)
      if (fallback !== undefined) return fallback.value
      if (decl.value === null) return read.miss(host)
      if (isLate) return undefined
      const rendered = evaluateTemplate(entry.template, this.#language, this.scope(index))
      return 'code' in rendered ? read.fail(host, rendered) : rendered.value
    })
    for (const problem of read.problems()) this.#problems.push(problem)
    if (isLate) return { kind: 'late', given: values, entry }
    const [first] = values
    const same = first !== undefined && values.every(value => value === first)
    return same ? { kind: 'same', value: first } : { kind: 'each', values }
  }

  /** The default, where it is the same for all hosts. */
  #defaultOf({
    decl,
    template,
    references,
    problems,
  }: DefaultTemplate): (Layered & { readonly kind: 'same' }) | undefined {
    if (decl.value === null) return undefined
    if (template.kind === 'fixed' || problems.length > 0)
      return { kind: 'same', value: template.kind === 'fixed' ? template.value : decl.value }
    if (this.#hosts.length === 0 || references.some(this.varies)) return undefined
    const rendered = evaluateTemplate(template, this.#language, this.scope(0))
    return 'code' in rendered ? undefined : { kind: 'same', value: rendered.value }
  }
}

type Told = Pick<RenderProblem, 'message'> & { readonly hint?: string | undefined; readonly unknown?: true }

function failureIn({ name }: VarDecl, { message, hint, unknown }: Told): ExpressionFailure {
  if (unknown) return notYetKnown(`vars.${name}`)
  return new ExpressionFailure({
    code: 'expression_value',
    message: `in the variable "${name}": ${message}`,
    ...(hint === undefined ? {} : { hint }),
  })
}

function recursion(first: VarDecl, members: readonly VarDecl[]): Problem {
  return {
    code: 'expression_name',
    severity: 'error',
    message: `the variable "${first.name}" refers to itself: ${members.map(({ name }) => name).join(' → ')}`,
    where: first.where,
  }
}
