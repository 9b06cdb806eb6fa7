import type { Action, Become } from '../../model/action.ts'
import type { Host } from '../../model/host.ts'
import type { BecomeMethod } from '../../model/playbook.ts'

/** What is around a step of `become`, its user worked out for the host. */
export interface Wish {
  readonly become: boolean | string | undefined
  readonly method: BecomeMethod | undefined
}

/** As whom a step acts on the host that carries it out; undefined: as who logs in. */
export function becomeOn({ connection }: Host, { become, method }: Wish): Become | undefined {
  const given = connection.become
  if (become === false || (become === undefined && given?.always !== true)) return undefined
  return {
    method: method ?? given?.method ?? 'sudo',
    user: typeof become === 'string' ? become : (given?.user ?? 'root'),
  }
}

/** Adds whom to become to actions; the same for the same action and user, so that equal nodes share one. */
export class BecomeActions {
  readonly #known = new WeakMap<Action, Map<string, Action>>()

  with(action: Action, become: Become | undefined): Action {
    if (become === undefined) return action
    const known = this.#known.get(action) ?? new Map<string, Action>()
    this.#known.set(action, known)
    const key = `${become.method} ${become.user}`
    const made = known.get(key) ?? { ...action, become }
    known.set(key, made)
    return made
  }
}
