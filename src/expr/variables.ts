import type { Host } from '../model/host.ts'
import type { VarDecl } from '../model/playbook.ts'
import type { Problem } from '../model/problem.ts'
import type { Value } from '../model/value.ts'
import { checkDefault, type DefaultTemplate, renderDefault } from './default-template.ts'
import { dependencyOrder } from './dependency-order.ts'
import type { Language, Scope } from './environment.ts'
import { HostValues, misfit, missing } from './host-values.ts'
import type { Reference } from './references.ts'
import { convertTo } from './var-type.ts'

/** A variable's value: the same for all hosts, or one for each (undefined where it has none). */
type Layered =
  | { readonly kind: 'same'; readonly value: Value }
  | { readonly kind: 'each'; readonly values: readonly (Value | undefined)[] }

/** The variables of a run: defaults < inventory < `-e`, worked out for every host. */
export class Variables {
  readonly #language: Language
  readonly #hosts: readonly Host[]
  readonly #layers = new Map<string, Layered>()
  readonly #scopes = new Map<number, Scope>()
  readonly #problems: Problem[] = []
  /** Variables with problems: what refers to them is not told again. */
  readonly #wrong = new Set<string>()

  /** `given`: what `-e` sets; all its names are declared. */
  constructor(language: Language, hosts: readonly Host[], given: Readonly<Record<string, Value>>) {
    this.#language = language
    this.#hosts = hosts
    for (const entry of this.#ordered()) {
      const { decl } = entry
      const told = this.#problems.length
      for (const problem of entry.problems) this.#problems.push(problem)
      const layer = Object.hasOwn(given, decl.name)
        ? this.#fromCommandLine(decl, given[decl.name] ?? null)
        : this.#fromHosts(entry)
      if (layer !== undefined) this.#layers.set(decl.name, layer)
      if (this.#problems.length > told) this.#wrong.add(decl.name)
    }
  }

  get problems(): readonly Problem[] {
    return this.#problems
  }

  /** What expressions see on the host with this index. */
  scope(index: number): Scope {
    const known = this.#scopes.get(index)
    if (known !== undefined) return known
    const host = this.#hosts[index] as Host
    const scope: Scope = { host, variable: name => this.#valueOn(index, name) }
    this.#scopes.set(index, scope)
    return scope
  }

  /** Whether what a reference names can differ between hosts. */
  readonly varies = ({ root, path }: Reference): boolean =>
    root === 'host' || (root === 'vars' && this.#layers.get(String(path[0]))?.kind === 'each')

  #valueOn(index: number, name: string): Value | undefined {
    const layer = this.#layers.get(name)
    return layer?.kind === 'each' ? layer.values[index] : layer?.value
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

  #fromCommandLine(decl: VarDecl, given: Value): Layered | undefined {
    const value = convertTo(decl.value, given)
    if (value !== undefined) return { kind: 'same', value }
    this.#problems.push(misfit(decl, given, '-e gives'))
    return undefined
  }

  #fromHosts(entry: DefaultTemplate): Layered | undefined {
    const { decl } = entry
    if (entry.references.some(({ root, path }) => root === 'vars' && this.#wrong.has(String(path[0])))) {
      this.#wrong.add(decl.name)
      return undefined
    }
    const overridden = this.#hosts.some(host => Object.hasOwn(host.vars, decl.name))
    const fallback = this.#defaultOf(entry)
    if (!overridden && fallback !== undefined) return fallback
    if (this.#hosts.length === 0 && decl.value === null) this.#problems.push(missing(decl, []))
    const read = new HostValues(decl)
    const values = this.#hosts.map((host, index) => {
      const given = Object.hasOwn(host.vars, decl.name) ? host.vars[decl.name] : undefined
      if (given !== undefined) return read.take(host, given)
      if (fallback !== undefined) return fallback.value
      if (decl.value === null) return read.miss(host)
      const rendered = renderDefault(entry, this.#language, this.scope(index))
      return 'value' in rendered ? rendered.value : read.fail(host, rendered.problem)
    })
    for (const problem of read.problems()) this.#problems.push(problem)
    const [first] = values
    const same = first !== undefined && values.every(value => value === first)
    return same ? { kind: 'same', value: first } : { kind: 'each', values }
  }

  /** The default, where it is the same for all hosts. */
  #defaultOf(entry: DefaultTemplate): (Layered & { readonly kind: 'same' }) | undefined {
    const { decl, templates, references, problems } = entry
    if (decl.value === null) return undefined
    if (templates.size === 0 || problems.length > 0) return { kind: 'same', value: decl.value }
    if (this.#hosts.length === 0 || references.some(this.varies)) return undefined
    const rendered = renderDefault(entry, this.#language, this.scope(0))
    return 'value' in rendered ? { kind: 'same', value: rendered.value } : undefined
  }
}

function recursion(first: VarDecl, members: readonly VarDecl[]): Problem {
  return {
    code: 'expression_name',
    severity: 'error',
    message: `the variable "${first.name}" refers to itself: ${members.map(({ name }) => name).join(' → ')}`,
    where: first.where,
  }
}
