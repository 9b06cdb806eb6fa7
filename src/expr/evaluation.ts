import { toCel } from './cel-value.ts'
import { MissingValue, valueFailure } from './failure.ts'
import type { Scope } from './scope.ts'
import type { Shape } from './shape.ts'
import { OneResultView, ownResult, StepsView } from './step-views.ts'
import { FactsView, HostView, ParamsView, RunView, VarsView } from './views.ts'

/** How many items one evaluation goes through: nested macros over long lists would take for ever. */
const MOST_ITEMS = 1_000_000

/** Names that no expression can write lead from CEL's macros back to here. */
export const HIDDEN = { charge: '#charge', readFile: '#readFile' } as const

/** The variables and parameters of which ints are taken as doubles. */
export interface Doubles {
  readonly vars: ReadonlySet<string>
  readonly params: ReadonlySet<string>
}

/** What CEL asks for names: each is made when it is asked for, and once. */
export class Evaluation {
  readonly #scope: Scope
  readonly #doubles: Doubles
  readonly #known = new Map<string, unknown>()
  #items = 0

  constructor(scope: Scope, doubles: Doubles) {
    this.#scope = scope
    this.#doubles = doubles
    for (const [name, value] of scope.locals ?? [])
      Object.defineProperty(this, name, { get: () => toCel(value) })
  }

  get vars(): unknown {
    return this.#once('vars', () => new VarsView(this.#scope.variable, this.#doubles.vars))
  }

  get params(): unknown {
    return this.#once('params', () => new ParamsView(this.#scope.param, this.#doubles.params))
  }

  get host(): unknown {
    return this.#once('host', () => new HostView(this.#scope.host))
  }

  get groups(): unknown {
    return this.#scope.groups
  }

  get env(): unknown {
    return this.#once('env', () => new Map(Object.entries(this.#scope.env)))
  }

  get facts(): unknown {
    return this.#once('facts', () => new FactsView(this.#scope))
  }

  get run(): unknown {
    return this.#once('run', () => new RunView(this.#scope))
  }

  get steps(): unknown {
    return this.#once('steps', () => new StepsView(this.#scope))
  }

  get result(): unknown {
    return this.#once('result', () => new OneResultView(ownResult(this.#scope), 'result'))
  }

  get item(): unknown {
    const { item } = this.#scope
    if (item === undefined) throw new MissingValue('item')
    return this.#once('item', () => toCel(item))
  }

  readonly [HIDDEN.charge] = (items: number): void => {
    this.#items += items
    if (this.#items > MOST_ITEMS)
      throw valueFailure(`the expression goes through more than ${MOST_ITEMS} items`)
  }

  get [HIDDEN.readFile](): Scope['readFile'] {
    return this.#scope.readFile
  }

  #once<T>(name: string, make: () => T): T {
    if (!this.#known.has(name)) this.#known.set(name, make())
    return this.#known.get(name) as T
  }
}

/** The names of which ints are taken as doubles. */
export function doublesIn(shapes: ReadonlyMap<string, Shape>): ReadonlySet<string> {
  return new Set([...shapes].filter(([, { kind }]) => kind === 'double').map(([name]) => name))
}
