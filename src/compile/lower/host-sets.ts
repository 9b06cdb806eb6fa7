import type { Hosts } from './block.ts'

export const NO_HOSTS: Hosts = new Uint32Array()

/** Where a host stands in a list; -1 where it does not. */
export function positionIn(hosts: Hosts, host: number): number {
  let from = 0
  let to = hosts.length
  while (from < to) {
    const middle = (from + to) >> 1
    if ((hosts[middle] as number) < host) from = middle + 1
    else to = middle
  }
  return hosts[from] === host ? from : -1
}

/** Operations on ascending lists of hosts. The same lists give the same result object: plans share them. */
export class HostSets {
  readonly #parts = new Map<Hosts, Map<Hosts, { readonly inside: Hosts; readonly outside: Hosts }>>()
  readonly #first = new Map<Hosts, Hosts>()

  /** What of `hosts` is in `among`, and what is not. */
  split(hosts: Hosts, among: Hosts): { readonly inside: Hosts; readonly outside: Hosts } {
    if (hosts === among) return { inside: hosts, outside: NO_HOSTS }
    const parts = this.#parts.get(hosts) ?? new Map<Hosts, { inside: Hosts; outside: Hosts }>()
    this.#parts.set(hosts, parts)
    const known = parts.get(among)
    if (known !== undefined) return known
    const made = split(hosts, among)
    parts.set(among, made)
    return made
  }

  /** The first host alone. */
  first(hosts: Hosts): Hosts {
    const known = this.#first.get(hosts)
    if (known !== undefined) return known
    const made = hosts.slice(0, 1)
    this.#first.set(hosts, made)
    return made
  }

  union(lists: readonly Hosts[]): Hosts {
    const distinct = [...new Set(lists)]
    const [only] = distinct
    if (only !== undefined && distinct.length === 1) return only
    const all = new Set<number>()
    for (const list of distinct) for (const host of list) all.add(host)
    return Uint32Array.from(all).sort()
  }
}

function split(hosts: Hosts, among: Hosts): { readonly inside: Hosts; readonly outside: Hosts } {
  const inside: number[] = []
  const outside: number[] = []
  let at = 0
  for (const host of hosts) {
    while (at < among.length && (among[at] as number) < host) at += 1
    if (among[at] === host) inside.push(host)
    else outside.push(host)
  }
  if (outside.length === 0) return { inside: hosts, outside: NO_HOSTS }
  return { inside: Uint32Array.from(inside), outside: Uint32Array.from(outside) }
}
