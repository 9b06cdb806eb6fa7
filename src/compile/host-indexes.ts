import type { Host, Inventory } from '../model/host.ts'
import type { Hosts } from './lower/block.ts'

/** The hosts of a plan, in inventory order: those that steps run on, and those that only carry out steps of others. */
export class HostIndexes {
  readonly all: readonly Host[]
  /** For each host that steps run on its index in `all`; undefined: they are the same. */
  readonly #toPlan: Uint32Array | undefined
  readonly #toTarget: Uint32Array | undefined
  readonly #index: ReadonlyMap<Host, number>
  /** Lists that steps share stay shared. */
  readonly #mapped = new Map<Hosts, Hosts>()
  readonly #constant = new Map<number, Uint32Array>()

  constructor(targets: readonly Host[], carriers: ReadonlySet<Host>, inventory: Inventory) {
    const known = new Set(targets)
    const extra = [...carriers].filter(host => !known.has(host))
    const both = new Set([...targets, ...extra])
    const others = extra.filter(host => inventory.hosts.get(host.name) !== host)
    this.all =
      extra.length === 0
        ? targets
        : [...[...inventory.hosts.values()].filter(host => both.has(host)), ...others]
    this.#index = new Map(this.all.map((host, index) => [host, index]))
    if (extra.length === 0) return
    this.#toPlan = Uint32Array.from(targets, host => this.#index.get(host) ?? 0)
    this.#toTarget = new Uint32Array(this.all.length)
    for (const [target, host] of this.#toPlan.entries()) this.#toTarget[host] = target
  }

  inPlan(hosts: Hosts): Hosts {
    const table = this.#toPlan
    if (table === undefined) return hosts
    const known = this.#mapped.get(hosts)
    if (known !== undefined) return known
    const mapped = hosts.map(host => table[host] ?? 0)
    this.#mapped.set(hosts, mapped)
    return mapped
  }

  /** The way back, for a host that steps run on. */
  inTargets(host: number): number {
    return this.#toTarget?.[host] ?? host
  }

  /** For each host of the plan the one that carries out: one for all, or `carriers` in the order of `hosts`. */
  delegates(hosts: Hosts, carriers: readonly Host[]): Uint32Array {
    const [first] = carriers
    const [only] = hosts
    if (first !== undefined && carriers.every(carrier => carrier === first) && only !== undefined) {
      const index = this.#index.get(first) ?? 0
      const known = this.#constant.get(index) ?? new Uint32Array(this.all.length).fill(index)
      this.#constant.set(index, known)
      return known
    }
    const table = Uint32Array.from({ length: this.all.length }, (_, index) => index)
    const planHosts = this.inPlan(hosts)
    for (const [at, carrier] of carriers.entries()) table[planHosts[at] ?? 0] = this.#index.get(carrier) ?? 0
    return table
  }
}
