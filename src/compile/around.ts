import type { Scope } from '../expr/scope.ts'
import type { Inventory } from '../model/host.ts'
import type { Value } from '../model/value.ts'

/** What all expressions of a playbook see besides what is their host's and their place's. */
export interface Around extends Pick<Scope, 'groups' | 'env'> {
  /** Undefined in a preview: it is another run's. */
  run: Scope['run']
  /** Of a host that steps run on; told once there are results. */
  facts: (host: number) => Value | undefined
}

export function aroundOf(inventory: Inventory, env: Scope['env'], run: Scope['run']): Around {
  return { groups: hostsByGroup(inventory), env, run, facts: () => undefined }
}

/** The names of each group's hosts, children's too, in inventory order. */
function hostsByGroup({ hosts, groups }: Inventory): ReadonlyMap<string, readonly string[]> {
  const names = new Map<string, string[]>(Array.from(groups.keys(), name => [name, []]))
  for (const host of hosts.values()) for (const group of host.groups) names.get(group)?.push(host.name)
  return names
}
