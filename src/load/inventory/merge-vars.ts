import { LIMITS } from '../../model/limits.ts'
import type { GroupDraft, HostDraft, InventoryDraft, Setting, Settings } from './draft.ts'
import type { VarsBase, VarsFiles, VarsFolder } from './vars-files.ts'

/** Where files of variables may lie, in the order in which they override each other. */
export interface VarsBases {
  readonly inventory: readonly VarsBase[]
  readonly playbook: readonly VarsBase[]
}

/**
 * Merges the variables of each host in Ansible's order of precedence, the last one wins: `all` in the inventory, its
 * other groups, group_vars/all beside the inventory, then beside the playbook, the other group_vars in the same
 * order, the host in the inventory, host_vars. Among groups the deeper one wins, then the higher priority, then the
 * name that comes later
 * (https://docs.ansible.com/ansible/latest/inventory_guide/intro_inventory.html#how-variables-are-merged).
 */
export class VarsMerger {
  readonly #files: VarsFiles
  readonly #bases: VarsBases
  readonly #depths: ReadonlyMap<GroupDraft, number>
  readonly #all: GroupDraft
  /** What a set of groups gives, by the names of the groups that hosts are in directly. */
  readonly #ofGroups = new Map<string, Merged>()
  #merged = 0

  constructor(
    draft: InventoryDraft,
    files: VarsFiles,
    bases: VarsBases,
    depths: ReadonlyMap<GroupDraft, number>,
  ) {
    this.#files = files
    this.#bases = bases
    this.#depths = depths
    this.#all = draft.group('all')
  }

  /** Undefined once the variables of all hosts together are more than drover takes. */
  of(host: HostDraft): Merged | undefined {
    const ofGroups = this.#ofDirectGroups(host.groups)
    const layers = [host.settings, ...this.#filed('host_vars', host.name)].filter(layer => layer.size > 0)
    if (layers.length === 0) return ofGroups
    const settings = merge([ofGroups.settings, ...layers])
    this.#merged += settings.size
    return this.#merged > LIMITS.mergedVars ? undefined : { groups: ofGroups.groups, settings }
  }

  #ofDirectGroups(direct: ReadonlySet<GroupDraft>): Merged {
    let key = ''
    for (const group of direct) key += `${group.name}\n`
    const known = this.#ofGroups.get(key)
    if (known !== undefined) return known
    const merged = this.#mergeGroups(direct)
    this.#ofGroups.set(key, merged)
    return merged
  }

  #mergeGroups(direct: ReadonlySet<GroupDraft>): Merged {
    const groups = [...withAncestors(direct)].filter(group => group !== this.#all)
    const names = groups.map(group => group.name).sort()
    groups.sort((a, b) => this.#before(a, b))
    const settings = merge([
      this.#all.settings,
      ...groups.map(group => group.settings),
      ...this.#filed('group_vars', this.#all.name),
      ...this.#groupFiles(this.#bases.inventory, groups),
      ...this.#groupFiles(this.#bases.playbook, groups),
    ])
    return { groups: ['all', ...names], settings }
  }

  #before(a: GroupDraft, b: GroupDraft): number {
    const depth = (this.#depths.get(a) ?? 0) - (this.#depths.get(b) ?? 0)
    if (depth !== 0) return depth
    return a.priority - b.priority || (a.name < b.name ? -1 : 1)
  }

  #groupFiles(bases: readonly VarsBase[], groups: readonly GroupDraft[]): Settings[] {
    return bases.flatMap(base =>
      groups.flatMap(group => this.#files.of(base, 'group_vars', group.name) ?? []),
    )
  }

  #filed(folder: VarsFolder, name: string): Settings[] {
    const bases = [...this.#bases.inventory, ...this.#bases.playbook]
    return bases.flatMap(base => this.#files.of(base, folder, name) ?? [])
  }
}

/** What a host, or all hosts in the same groups, comes to. Equal ones are shared. */
export interface Merged {
  /** `all` first, otherwise sorted. */
  readonly groups: readonly string[]
  readonly settings: Settings
}

function withAncestors(groups: Iterable<GroupDraft>): Set<GroupDraft> {
  const found = new Set(groups)
  for (const group of found) for (const parent of group.parents) found.add(parent)
  return found
}

function merge(layers: readonly Settings[]): Settings {
  const merged = new Map<string, Setting>()
  for (const layer of layers) for (const [name, setting] of layer) merged.set(name, setting)
  return merged
}
