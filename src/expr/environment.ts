import { type ASTNode, Environment, EvaluationError, type ParseResult } from '@marcbachmann/cel-js'
import type { Host } from '../model/host.ts'
import type { VarDecl } from '../model/playbook.ts'
import type { Value } from '../model/value.ts'
import { type CelValue, toCel, varsToCel } from './cel-value.ts'
import { type Reader, readerOf } from './reader.ts'
import { celTypeOf } from './var-type.ts'

/** What an expression is evaluated in: one host, and the variables as they are for it. */
export interface Scope {
  readonly host: Host
  /** A declared variable's value; undefined where it has none for this host. */
  readonly variable: (name: string) => Value | undefined
}

export const HOST_FIELDS = {
  name: 'string',
  address: 'string',
  port: 'int',
  user: 'string',
  groups: 'list<string>',
  vars: 'map<string, dyn>',
} as const

/** What CEL sees as `vars`: converted only when asked for. */
class VarsView extends Map<string, CelValue> {
  readonly #scope: Scope
  readonly #doubles: ReadonlySet<string>

  constructor(scope: Scope, doubles: ReadonlySet<string>) {
    super()
    this.#scope = scope
    this.#doubles = doubles
  }

  override get(name: string): CelValue | undefined {
    const given = this.#scope.variable(name)
    const value = given === undefined ? undefined : toCel(given)
    return typeof value === 'bigint' && this.#doubles.has(name) ? Number(value) : value
  }
}

/** What CEL sees as `host`. */
class HostView extends Map<string, CelValue> {
  readonly #host: Host

  constructor(host: Host) {
    super()
    this.#host = host
  }

  override get(field: string): CelValue | undefined {
    return field === 'vars' ? varsToCel(this.#host.vars) : hostField(this.#host, field)
  }
}

/** A field of `host` other than `vars`. */
export function hostField({ name, connection, groups }: Host, field: string): CelValue | undefined {
  switch (field) {
    case 'name':
      return name
    case 'address':
      return connection.address
    case 'port':
      return BigInt(connection.port)
    case 'user':
      return connection.user
    case 'groups':
      return groups
    default:
      return undefined
  }
}

/** Bounds on one expression: it is parsed and checked by recursion. */
const CEL_LIMITS = { maxAstNodes: 500, maxDepth: 32, maxListElements: 200, maxMapEntries: 200 }

/** The CEL language of one playbook: its variables are typed. */
export class Language {
  readonly vars: ReadonlyMap<string, VarDecl>
  readonly #environment: Environment
  readonly #doubles: ReadonlySet<string>
  readonly #parsed = new Map<string, ParseResult>()
  readonly #readers = new Map<string, Reader>()

  constructor(vars: readonly VarDecl[]) {
    this.vars = new Map(vars.map(decl => [decl.name, decl]))
    const types = Object.fromEntries(vars.map(({ name, value }) => [name, celTypeOf(value)]))
    this.#doubles = new Set(Object.keys(types).filter(name => types[name] === 'double'))
    this.#environment = new Environment({ limits: CEL_LIMITS })
      .registerType('Vars', { ctor: VarsView, fields: types })
      .registerType('Host', { ctor: HostView, fields: HOST_FIELDS })
      .registerVariable('vars', 'Vars')
      .registerVariable('host', 'Host')
      .registerFunction('raw(dyn): dyn', (value: unknown) => value)
      .registerFunction('default(ast, ast): dyn', defaultMacro)
  }

  /**
   * Parses an expression, once for each source.
   * @throws the library's ParseError
   */
  parse(source: string): ParseResult {
    const known = this.#parsed.get(source)
    if (known !== undefined) return known
    const parsed = this.#environment.parse(source)
    this.#parsed.set(source, parsed)
    return parsed
  }

  /** How a checked expression is read, worked out once for each source. */
  reader(source: string): Reader {
    const known = this.#readers.get(source)
    if (known !== undefined) return known
    const reader = readerOf(source, part => this.parse(part).ast)
    this.#readers.set(source, reader)
    return reader
  }

  /** @throws the library's EvaluationError */
  evaluate(source: string, scope: Scope): unknown {
    const vars = new VarsView(scope, this.#doubles)
    return this.parse(source)({ vars, host: new HostView(scope.host) })
  }

  /** The names of functions, or of methods. */
  functions(methods: boolean): readonly string[] {
    const all = this.#environment.getDefinitions().functions
    return [...new Set(all.filter(fn => (fn.receiverType !== null) === methods).map(fn => fn.name))]
  }
}

interface Checker {
  check(ast: ASTNode, context: unknown): { unify(registry: unknown, other: unknown): unknown }
  getType(name: string): unknown
  readonly registry: unknown
}

interface Evaluator {
  tryEval(ast: ASTNode, context: unknown): unknown
  run(ast: ASTNode, context: unknown): unknown
}

/** `default(x, y)`: x, or y where x is missing. As a macro, since x is not evaluated before it is known to be there. */
function defaultMacro({ args: [wanted, fallback] }: { args: [ASTNode, ASTNode] }) {
  return {
    async: false,
    typeCheck(checker: Checker, _macro: unknown, context: unknown) {
      const type = checker.check(wanted, context)
      return type.unify(checker.registry, checker.check(fallback, context)) ?? checker.getType('dyn')
    },
    evaluate(evaluator: Evaluator, _macro: unknown, context: unknown) {
      const value = evaluator.tryEval(wanted, context)
      if (!(value instanceof Error)) return value
      if (value instanceof EvaluationError && value.code === 'no_such_key')
        return evaluator.run(fallback, context)
      throw value
    },
  }
}
