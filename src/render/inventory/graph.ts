import type { Group, Host, Inventory } from '../../model/host.ts'
import { LIMITS } from '../../model/limits.ts'
import { escapeText } from '../escape.ts'

/**
 * Groups and hosts as a tree, in the form of `ansible-inventory --graph`: from the group that the pattern names, or
 * from `all`, cut down to the groups of the hosts that it matches.
 */
export function inventoryGraph(inventory: Inventory, pattern: string, hosts: readonly Host[]): string {
  const named = inventory.groups.get(pattern)
  const root = named ?? inventory.groups.get('all')
  if (root === undefined) return ''
  const drawing = new Drawing(
    inventory,
    named === undefined ? new Set(hosts.map(host => host.name)) : undefined,
  )
  drawing.group(root, 0)
  return drawing.lines.map(line => `${line}\n`).join('')
}

class Drawing {
  readonly lines: string[] = []
  readonly #inventory: Inventory
  /** Only these hosts and their groups; absent: everything. */
  readonly #only: ReadonlySet<string> | undefined
  readonly #groups: ReadonlySet<string>

  constructor(inventory: Inventory, only: ReadonlySet<string> | undefined) {
    this.#inventory = inventory
    this.#only = only
    this.#groups = new Set(Array.from(only ?? [], name => inventory.hosts.get(name)?.groups ?? []).flat())
  }

  group(group: Group, depth: number): void {
    this.#line(`@${group.name}:`, depth)
    for (const name of group.children) {
      const child = this.#inventory.groups.get(name)
      const isWanted = this.#only === undefined || this.#groups.has(name)
      if (child !== undefined && isWanted && this.lines.length < LIMITS.graphLines)
        this.group(child, depth + 1)
    }
    // Hosts of `all` stand under `ungrouped`, or under groups of their own.
    if (group.name === 'all') return
    for (const host of group.hosts) if (this.#only?.has(host) ?? true) this.#line(host, depth + 1)
  }

  #line(text: string, depth: number): void {
    if (this.lines.length < LIMITS.graphLines) this.lines.push(`${branch(depth)}${escapeText(text)}`)
    else if (this.lines.length === LIMITS.graphLines) this.lines.push('… and more')
  }
}

function branch(depth: number): string {
  return depth === 0 ? '' : `${'  |'.repeat(depth)}--`
}
