import type { Inventory } from '../../model/host.ts'

/** Names of all hosts of a group: its own first, then those of its children, then of theirs; as Ansible orders them. */
export function hostsOfGroup(inventory: Inventory, name: string): readonly string[] {
  const groups = new Set([name])
  const hosts = new Set<string>()
  for (const reached of groups) {
    const group = inventory.groups.get(reached)
    for (const host of group?.hosts ?? []) hosts.add(host)
    for (const child of group?.children ?? []) groups.add(child)
  }
  return [...hosts]
}
