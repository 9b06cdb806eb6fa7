import type { Host } from '../model/host.ts'
import { Secret } from '../model/secret.ts'
import type { Value } from '../model/value.ts'
import { type CelValue, isMap, toCel } from './cel-value.ts'
import { notYetKnown } from './failure.ts'
import type { Scope } from './scope.ts'

// What CEL sees of values, hosts and the run. Each is a class of its own, since CEL tells types by their constructors, and
// a Map, since that is how CEL reads fields; what is asked for is worked out then, and kept.

export type Viewed = CelValue | View | readonly View[]

export abstract class View extends Map<string, Viewed> {
  protected abstract find(field: string): Viewed | undefined

  override get(field: string): Viewed | undefined {
    const known = super.get(field)
    if (known !== undefined) return known
    const found = this.find(field)
    if (found !== undefined) this.set(field, found)
    return found
  }
}

/** `vars` and `params`. */
abstract class ValuesView extends View {
  readonly #value: (name: string) => Value | undefined
  readonly #doubles: ReadonlySet<string>

  /** @param doubles the names of which ints are to be taken as doubles */
  constructor(value: (name: string) => Value | undefined, doubles: ReadonlySet<string>) {
    super()
    this.#value = value
    this.#doubles = doubles
  }

  protected find(name: string): CelValue | undefined {
    const given = this.#value(name)
    const value = given === undefined ? undefined : toCel(given)
    return typeof value === 'bigint' && this.#doubles.has(name) ? Number(value) : value
  }
}

export class VarsView extends ValuesView {}
export class ParamsView extends ValuesView {}

export class HostView extends View {
  readonly #host: Host

  constructor(host: Host) {
    super()
    this.#host = host
  }

  protected find(field: string): Viewed | undefined {
    return field === 'vars' ? hostVars(this.#host) : hostField(this.#host, field)
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

/** Secrets are left out: no expression can reach them. */
function hostVars({ vars }: Host): ReadonlyMap<string, CelValue> {
  const map = new Map<string, CelValue>()
  for (const [name, value] of Object.entries(vars))
    if (!(value instanceof Secret)) map.set(name, toCel(value))
  return map
}

export class FactsView extends View {
  readonly #scope: Scope

  constructor(scope: Scope) {
    super()
    this.#scope = scope
  }

  protected find(field: string): CelValue | undefined {
    const value = factsOf(this.#scope)[field]
    return value === undefined ? undefined : toCel(value)
  }
}

/** @throws ExpressionFailure before they are gathered */
export function factsOf(scope: Scope): Readonly<Record<string, Value>> {
  const facts = scope.facts()
  if (facts === undefined || !isMap(facts)) throw notYetKnown('facts')
  return facts
}

export class RunView extends View {
  readonly #scope: Scope

  constructor(scope: Scope) {
    super()
    this.#scope = scope
  }

  protected find(field: string): string | undefined {
    return runField(this.#scope, field)
  }
}

/** @throws ExpressionFailure before the run */
export function runField({ run }: Scope, field: string): string | undefined {
  if (run === undefined) throw notYetKnown(`run.${field}`)
  return field === 'id' || field === 'user' || field === 'started' ? run[field] : undefined
}
