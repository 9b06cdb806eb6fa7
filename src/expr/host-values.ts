import type { Host } from '../model/host.ts'
import type { VarDecl } from '../model/playbook.ts'
import type { Problem } from '../model/problem.ts'
import { Secret } from '../model/secret.ts'
import type { Value } from '../model/value.ts'
import { someOf } from './host-list.ts'
import type { RenderProblem } from './render-template.ts'
import type { Shape } from './shape.ts'
import { convertToShape } from './var-type.ts'

/** Collects one variable's values over all hosts; equal problems of several hosts become one. */
export class HostValues {
  readonly #decl: VarDecl
  readonly #shape: Shape
  readonly #converted = new Map<Value, Value | undefined>()
  readonly #misfits = new Map<Value, string[]>()
  readonly #missing: string[] = []
  readonly #secret: string[] = []
  readonly #failed = new Map<string, { readonly problem: RenderProblem; readonly hosts: string[] }>()

  constructor(decl: VarDecl, shape: Shape) {
    this.#decl = decl
    this.#shape = shape
  }

  /** What the inventory gives, converted to the variable's type. */
  take(host: Host, given: Value | Secret): Value | undefined {
    if (given instanceof Secret) {
      this.#secret.push(host.name)
      return undefined
    }
    if (!this.#converted.has(given)) this.#converted.set(given, convertToShape(this.#shape, given))
    const value = this.#converted.get(given)
    if (value === undefined) {
      const hosts = this.#misfits.get(given) ?? []
      this.#misfits.set(given, hosts)
      hosts.push(host.name)
    }
    return value
  }

  /** Nothing gives a required variable its value. */
  miss(host: Host): undefined {
    this.#missing.push(host.name)
  }

  /** The default could not be rendered. */
  fail(host: Host, problem: RenderProblem): undefined {
    const entry = this.#failed.get(problem.message) ?? { problem, hosts: [] }
    this.#failed.set(problem.message, entry)
    entry.hosts.push(host.name)
  }

  problems(): Problem[] {
    const { name } = this.#decl
    const problems = [...this.#misfits].map(([given, hosts]) =>
      misfit(this.#decl, this.#shape, given, `the inventory gives ${someOf(hosts)}`),
    )
    if (this.#missing.length > 0) problems.push(missing(this.#decl, this.#missing))
    if (this.#secret.length > 0) {
      const message = `the variable "${name}" is a secret on ${someOf(this.#secret)}, and no expression can use secrets of the inventory`
      problems.push({ code: 'expression_value', severity: 'error', message, where: this.#decl.where })
    }
    for (const { problem, hosts } of this.#failed.values())
      problems.push({ ...problem, severity: 'error', message: `on ${someOf(hosts)}: ${problem.message}` })
    return problems
  }
}

export function missing(decl: VarDecl, hosts: readonly string[]): Problem {
  const where = hosts.length === 0 ? '' : ` on ${someOf(hosts)}`
  return {
    code: 'variable_missing',
    severity: 'error',
    message: `the variable "${decl.name}" is required and has no value${where}`,
    where: decl.where,
    hint: `set it in the inventory, or with -e ${decl.name}=…`,
  }
}

/** `source`: who gives the value, as the beginning of a sentence. */
export function misfit(decl: VarDecl, shape: Shape, given: Value, source: string): Problem {
  const { kind } = shape
  const article = kind === 'int' ? 'an' : 'a'
  return {
    code: 'expression_value',
    severity: 'error',
    message: `${source} the variable "${decl.name}" as ${shown(given)}, which is not ${article} ${kind} like its default`,
    where: decl.where,
    hint:
      kind === 'list' || kind === 'map'
        ? `write it as JSON, as ${kind === 'list' ? '["a", "b"]' : '{"a": "b"}'}`
        : 'the default tells the type: a quoted default takes any text',
  }
}

function shown(given: Value): string {
  const text = JSON.stringify(given)
  return text.length > 60 ? `${text.slice(0, 59)}…` : text
}
