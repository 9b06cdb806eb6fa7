import { LIMITS } from '../../model/limits.ts'
import type { Problem, Where } from '../../model/problem.ts'
import type { Secret } from '../../model/secret.ts'
import type { Value } from '../../model/value.ts'

/**
 * What a short name such as `port` means where it is set. `drover`: the connection. `ansible`: a variable like any
 * other, in YAML, in JSON and on lines with Ansible's own names, for there `port=6379` is what an application
 * listens on. `open`: in `[group:vars]`, the connection of hosts for which none of Ansible's names is set.
 */
export type Dialect = 'drover' | 'open' | 'ansible'

/** A variable where it was set. */
export interface Setting {
  readonly value: Value | Secret
  readonly where: Where
  readonly dialect: Dialect
}

export type Settings = Map<string, Setting>

export interface HostDraft {
  readonly name: string
  /** Groups that name it, in that order. */
  readonly groups: Set<GroupDraft>
  readonly settings: Settings
}

export interface GroupDraft {
  readonly name: string
  readonly hosts: Set<HostDraft>
  readonly children: Set<GroupDraft>
  readonly parents: Set<GroupDraft>
  readonly settings: Settings
  /** Between groups of equal depth a higher one wins; Ansible's `ansible_group_priority`. */
  priority: number
}

interface Wish {
  readonly parent: GroupDraft
  readonly where: Where
}

/**
 * An inventory while its sources are read, in Ansible's order of things: a group comes into being with its first
 * header; a child group that is named before its header joins its parents when that header comes.
 */
export class InventoryDraft {
  readonly hosts = new Map<string, HostDraft>()
  readonly groups = new Map<string, GroupDraft>()
  readonly problems: Problem[] = []
  readonly warnings: Problem[] = []
  /** It is read from copies, which have not the rights of the files themselves. */
  readonly isCopy: boolean
  /** Where each child was put under its parent, for problems with cycles. */
  readonly #childPlaces = new Map<GroupDraft, Map<GroupDraft, Where>>()
  readonly #wishes = new Map<string, Wish[]>()
  readonly #onlyVars = new Map<string, Where>()
  readonly #warned = new Set<string>()
  #memberships = 0

  constructor(isCopy = false) {
    this.isCopy = isCopy
    this.link(this.group('all'), this.group('ungrouped'))
  }

  /** The group of that name, made if it is new. */
  group(name: string): GroupDraft {
    const known = this.groups.get(name)
    if (known !== undefined) return known
    const group: GroupDraft = {
      name,
      hosts: new Set(),
      children: new Set(),
      parents: new Set(),
      settings: new Map(),
      priority: 1,
    }
    this.groups.set(name, group)
    return group
  }

  /** A header that declares a group, `[name]` or `[name:children]`. */
  declare(name: string): GroupDraft {
    const group = this.group(name)
    this.#onlyVars.delete(name)
    for (const { parent, where } of this.#wishes.get(name) ?? []) this.link(parent, group, where)
    this.#wishes.delete(name)
    return group
  }

  /** The header `[name:vars]`, which wants the group to be declared elsewhere. */
  mention(name: string, where: Where): GroupDraft {
    if (!this.groups.has(name)) this.#onlyVars.set(name, where)
    return this.group(name)
  }

  /** Puts a group under another one, now or as soon as it is declared. */
  adopt(parent: GroupDraft, child: string, where: Where): void {
    const group = this.groups.get(child)
    if (group !== undefined && !this.#wishes.has(child)) return void this.link(parent, group, where)
    const wishes = this.#wishes.get(child) ?? []
    wishes.push({ parent, where })
    this.#wishes.set(child, wishes)
  }

  link(parent: GroupDraft, child: GroupDraft, where?: Where): void {
    parent.children.add(child)
    child.parents.add(parent)
    if (where === undefined) return
    const places = this.#childPlaces.get(parent) ?? new Map<GroupDraft, Where>()
    if (!places.has(child)) places.set(child, where)
    this.#childPlaces.set(parent, places)
  }

  /** Puts a host into a group. False once there are more hosts, or hosts in groups, than drover takes. */
  host(name: string, group: GroupDraft): HostDraft | undefined {
    let host = this.hosts.get(name)
    if (host === undefined) {
      if (this.hosts.size >= LIMITS.hosts) return undefined
      host = { name, groups: new Set(), settings: new Map() }
      this.hosts.set(name, host)
    }
    if (host.groups.has(group)) return host
    if (++this.#memberships > LIMITS.memberships) return undefined
    host.groups.add(group)
    group.hosts.add(host)
    return host
  }

  /** Takes note of an error; of very many, only the first ones. */
  report(...problems: readonly Problem[]): void {
    this.problems.push(...problems.slice(0, LIMITS.problems - this.problems.length))
  }

  warn(...problems: readonly Problem[]): void {
    this.warnings.push(...problems.slice(0, LIMITS.problems - this.warnings.length))
  }

  /** A warning of the same place and words is given once. */
  warnOnce(problem: Problem): void {
    const { file, line } = problem.where ?? {}
    const id = JSON.stringify([problem.message, file, line])
    if (!this.#warned.has(id)) this.warn(problem)
    this.#warned.add(id)
  }

  childPlace(parent: GroupDraft, child: GroupDraft): Where | undefined {
    return this.#childPlaces.get(parent)?.get(child)
  }

  /** Groups that are referred to but declared nowhere. */
  *undeclared(): Generator<{ name: string; where: Where; wanted: 'child' | 'vars' }> {
    for (const [name, wishes] of this.#wishes) {
      for (const { where } of wishes) yield { name, where, wanted: 'child' }
    }
    for (const [name, where] of this.#onlyVars)
      if (!this.#wishes.has(name)) yield { name, where, wanted: 'vars' }
  }
}
