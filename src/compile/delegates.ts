import { someOf } from '../expr/host-list.ts'
import { didYouMean } from '../model/did-you-mean.ts'
import type { Host, Inventory } from '../model/host.ts'
import type { Problem } from '../model/problem.ts'
import type { Template } from '../model/template.ts'
import type { Draft } from './lower/block.ts'
import { positionIn } from './lower/host-sets.ts'
import type { Nodes } from './program/nodes.ts'
import { expressionsIn } from './program/template-traits.ts'

/** For a step that others carry out: for each of its hosts who, in the order of its hosts. */
export type Carriers = ReadonlyMap<Draft, readonly Host[]>

/** Controls nothing but itself: `delegate_to: localhost` where the inventory has no host of that name. */
export function controller(user: string): Host {
  return {
    name: 'localhost',
    vars: {},
    groups: ['all'],
    connection: { transport: 'local', address: 'localhost', port: 22, user, keys: [] },
  }
}

/** Finds the hosts that steps are delegated to. */
export class Delegates {
  readonly carriers = new Map<Draft, readonly Host[]>()
  readonly problems: Problem[] = []
  readonly #inventory: Inventory
  readonly #hosts: readonly Host[]
  readonly #controller: Host
  readonly #nodes: Nodes

  /** @param user the controller's */
  constructor(inventory: Inventory, hosts: readonly Host[], nodes: Nodes, user: string) {
    this.#inventory = inventory
    this.#hosts = hosts
    this.#controller = controller(user)
    this.#nodes = nodes
  }

  /** Who carries out a node. */
  carrier(draft: Draft, host: number): Host {
    const carrier = this.carriers.get(draft)?.[positionIn(draft.hosts, host)]
    return carrier ?? (this.#hosts[host] as Host)
  }

  add(draft: Draft): void {
    const { delegateTo } = draft.checked
    if (delegateTo === undefined) return
    const perHost = expressionsIn(delegateTo.code).some(expr => expr.perHost)
    const wrong = new Map<string, { readonly problem: Problem; readonly hosts: string[] }>()
    const found: Host[] = []
    for (const host of draft.hosts) {
      const [first] = found
      const carrier = !perHost && first !== undefined ? first : this.#find(draft, delegateTo.code, host)
      if (!('severity' in carrier)) found.push(carrier)
      else {
        const entry = wrong.get(carrier.message) ?? { problem: carrier, hosts: [] }
        wrong.set(carrier.message, entry)
        entry.hosts.push(this.#hosts[host]?.name ?? '')
        if (!perHost) break
      }
    }
    for (const { problem, hosts: names } of wrong.values())
      this.problems.push(
        perHost ? { ...problem, message: `${problem.message} (for ${someOf(names)})` } : problem,
      )
    this.carriers.set(draft, found)
  }

  #find(draft: Draft, code: Template, host: number): Host | Problem {
    const { place, checked } = draft
    const name = this.#nodes.text({ code, language: checked.language, place }, host, 'run')
    const where = checked.step.delegateTo?.where
    const at = where === undefined ? {} : { where }
    if (typeof name !== 'string') return { ...name, severity: 'error' }
    const carrier = this.#inventory.hosts.get(name)
    if (carrier?.unusable !== undefined) return carrier.unusable
    if (carrier !== undefined) return carrier
    if (name === this.#controller.name) return this.#controller
    const hint = didYouMean(name, [...this.#inventory.hosts.keys(), 'localhost'])
    return {
      code: 'pattern_unknown',
      severity: 'error',
      message: `delegate_to: there is no host "${name}"`,
      ...at,
      ...(hint === undefined ? {} : { hint }),
    }
  }
}
