import { valueFailure } from '../../expr/failure.ts'
import type { ResultView, Scope } from '../../expr/scope.ts'
import type { SecretMarks } from '../../expr/secret-marks.ts'
import type { Variables } from '../../expr/variables.ts'
import type { Host } from '../../model/host.ts'
import type { Value } from '../../model/value.ts'
import type { Around } from '../around.ts'
import type { Binding, Place } from '../lower/block.ts'
import type { Evaluated } from './evaluated.ts'
import type { LocalFiles } from './local-files.ts'
import type { Views } from './views.ts'

/** What all scopes have. Hosts are indexes into `hosts`. */
export interface World {
  readonly around: Around
  readonly hosts: readonly Host[]
  readonly variables: Variables
  readonly files: LocalFiles
  readonly marks: SecretMarks
}

/** Makes the scopes that expressions are evaluated in: one for a place and a host. */
export class Scopes {
  /** Gives the value of a parameter; set once there is what evaluates it. */
  param: ((binding: Binding, host: number) => Evaluated) | undefined
  /** Undefined before the run. */
  views: Views | undefined
  readonly #world: World
  /** The last one: a node's texts mostly stand at one place. */
  #last: { readonly place: Place; readonly host: number; readonly scope: Scope } | undefined

  constructor(world: World) {
    this.#world = world
  }

  at(place: Place, host: number): Scope {
    const last = this.#last
    if (last !== undefined && last.place === place && last.host === host) return last.scope
    const scope = this.#make(place, host)
    this.#last = { place, host, scope }
    return scope
  }

  withResult(place: Place, host: number, result: ResultView): Scope {
    return { ...this.#make(place, host), result }
  }

  /** A value that does not fit is no value: the expression that asks for it fails with the reason. */
  #param(place: Place, name: string, host: number): Value | undefined {
    const binding = place.frame.bindings.get(name)
    const evaluated = binding === undefined ? undefined : this.param?.(binding, host)
    if (evaluated === undefined) return undefined
    if (!('code' in evaluated)) return evaluated.value
    throw valueFailure(evaluated.message, evaluated.hint)
  }

  #make(place: Place, index: number): Scope {
    const { around, hosts, variables, files, marks } = this.#world
    const { groups, env, run } = around
    const item = place.item?.(index)
    const folder = place.frame.file?.file.folder ?? ''
    return {
      host: hosts[index] as Host,
      groups,
      env,
      secret: name => marks.mark(name),
      run,
      variable: name => variables.value(index, name),
      param: name => this.#param(place, name, index),
      ...(item === undefined ? {} : { item }),
      facts: () => around.facts(index),
      step: id => this.views?.view(place, id, index),
      readFile: path => files.read(folder, path),
    }
  }
}
