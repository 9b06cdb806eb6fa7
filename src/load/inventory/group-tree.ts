import { didYouMean } from '../../model/did-you-mean.ts'
import { LIMITS } from '../../model/limits.ts'
import type { GroupDraft, InventoryDraft } from './draft.ts'

/**
 * Completes the groups of a draft once all sources are read: reports groups that nobody declared and cycles; puts
 * what has no parent under `all`; and hosts that are in no other group, and only those, into `ungrouped`.
 * @returns each group's longest way from `all`; groups in cycles have none
 */
export function completeGroups(draft: InventoryDraft): ReadonlyMap<GroupDraft, number> {
  reportUndeclared(draft)
  warnOfEqualNames(draft)
  const [all, ungrouped] = [draft.group('all'), draft.group('ungrouped')]
  for (const group of draft.groups.values()) {
    if (group !== all && group.parents.size === 0) draft.link(all, group)
  }
  for (const host of draft.hosts.values()) {
    const grouped = [...host.groups].some(group => group !== all && group !== ungrouped)
    if (grouped && host.groups.delete(ungrouped)) ungrouped.hosts.delete(host)
    if (grouped || host.groups.has(ungrouped)) continue
    host.groups.add(ungrouped)
    ungrouped.hosts.add(host)
  }
  return depthsOf(draft)
}

function reportUndeclared(draft: InventoryDraft): void {
  for (const { name, where, wanted } of draft.undeclared()) {
    const hint = didYouMean(name, draft.groups.keys())
    draft.report({
      code: 'inventory_name',
      severity: 'error',
      message:
        wanted === 'child'
          ? `there is no group "${name}"`
          : `variables for a group "${name}" that there is not`,
      where,
      hint: hint ?? `declare it with a section [${name}]`,
    })
  }
}

/** As Ansible does: in a pattern the name means the host alone. */
function warnOfEqualNames(draft: InventoryDraft): void {
  const names = [...draft.groups.keys()].filter(name => draft.hosts.has(name))
  if (names.length === 0) return
  const message = `both a host and a group are called ${names.slice(0, 5).join(', ')}`
  const hint = 'in a pattern the name means the host alone'
  draft.warn({ code: 'inventory_name', severity: 'warning', message, hint })
}

/** Kahn's order from `all` downwards; what it leaves out is in a cycle or below one. */
function depthsOf(draft: InventoryDraft): ReadonlyMap<GroupDraft, number> {
  const depths = new Map<GroupDraft, number>()
  const open = new Map<GroupDraft, number>()
  for (const group of draft.groups.values()) open.set(group, group.parents.size)
  const ready = [...open].filter(([, parents]) => parents === 0).map(([group]) => group)
  for (const group of ready) {
    const depth = Math.max(-1, ...Array.from(group.parents, parent => depths.get(parent) ?? 0)) + 1
    depths.set(group, depth)
    for (const child of group.children) {
      const left = (open.get(child) ?? 0) - 1
      open.set(child, left)
      if (left === 0) ready.push(child)
    }
  }
  if (depths.size < draft.groups.size) reportCycles(draft, depths)
  const deep = [...depths].find(([, depth]) => depth > LIMITS.groupDepth)?.[0]
  if (deep !== undefined) {
    const message = `the group "${deep.name}" is nested more than ${LIMITS.groupDepth} deep`
    draft.report({ code: 'inventory_limit', severity: 'error', message })
  }
  return depths
}

/** Follows parents from each group left over until one comes again: each cycle is found once, and told as a path. */
function reportCycles(draft: InventoryDraft, sorted: ReadonlyMap<GroupDraft, number>): void {
  const told = new Set<GroupDraft>()
  for (const start of draft.groups.values()) {
    if (sorted.has(start) || told.has(start)) continue
    const path: GroupDraft[] = []
    let group: GroupDraft | undefined = start
    while (group !== undefined && !told.has(group) && !path.includes(group)) {
      path.push(group)
      group = [...group.parents].find(parent => !sorted.has(parent))
    }
    for (const seen of path) told.add(seen)
    if (group === undefined || !path.includes(group)) continue
    reportCycle(draft, [...path.slice(path.indexOf(group)), group].reverse())
  }
}

function reportCycle(draft: InventoryDraft, path: readonly GroupDraft[]): void {
  const [parent, child] = path.slice(-2)
  const where = parent && child && draft.childPlace(parent, child)
  draft.report({
    code: 'inventory_cycle',
    severity: 'error',
    message: `groups contain each other: ${path.map(group => group.name).join(' → ')}`,
    ...(where === undefined ? {} : { where }),
    hint: 'remove one of them from the children of another',
  })
}
