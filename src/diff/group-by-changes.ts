import type { FieldChange, HostsChange } from '../model/plan-diff.ts'

/** Hosts that have the same changes, in the order of their first ones; those without any are left out. */
export function groupByChanges(
  hosts: Iterable<readonly [host: string, changes: readonly FieldChange[]]>,
): readonly HostsChange[] {
  const groups = new Map<string, { readonly hosts: string[]; readonly changes: readonly FieldChange[] }>()
  /** Most hosts share one list, which need not be looked into again. */
  const keys = new Map<readonly FieldChange[], string>()
  for (const [host, changes] of hosts) {
    if (changes.length === 0) continue
    const key = keys.get(changes) ?? JSON.stringify(changes)
    keys.set(changes, key)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { hosts: [host], changes })
    else group.hosts.push(host)
  }
  return [...groups.values()]
}
