import { NO_BATCH, type Rolling } from '../model/plan.ts'
import type { HostCount } from '../model/playbook.ts'
import type { Problem } from '../model/problem.ts'
import type { Draft, Hosts, RollingGroup } from './lower/block.ts'
import type { HostSets } from './lower/host-sets.ts'
import type { Waits } from './order/edges.ts'
import { countOf } from './plan-step.ts'

/** The rolling groups of a plan with their steps, in source order. */
export function rollingMembers(drafts: readonly Draft[]): ReadonlyMap<RollingGroup, readonly Draft[]> {
  const members = new Map<RollingGroup, Draft[]>()
  for (const draft of drafts) {
    const { rolling } = draft.inherited
    if (rolling === undefined) continue
    const known = members.get(rolling)
    if (known === undefined) members.set(rolling, [draft])
    else known.push(draft)
  }
  return members
}

/** The batches of a group over the hosts of its steps. */
export function rollingOf(
  { spec }: RollingGroup,
  members: readonly { readonly step: number; readonly hosts: Hosts }[],
  hostCount: number,
  sets: HostSets,
): Rolling {
  const hosts = sets.union(members.map(member => member.hosts))
  const batchOf = new Uint32Array(hostCount).fill(NO_BATCH)
  let batch = 0
  for (let at = 0; at < hosts.length; batch += 1) {
    const end = at + batchSize(spec.batches, batch, hosts.length)
    for (const host of hosts.subarray(at, end)) batchOf[host] = batch
    at = end
  }
  return {
    batchOf,
    batches: batch,
    steps: members.map(({ step }) => step),
    tolerated: spec.maxFailures === undefined ? 0 : countOf(spec.maxFailures, hosts.length),
    pauseMs: spec.pauseMs,
  }
}

/** A share is rounded down, and a batch has one host at least; the last size repeats. */
function batchSize(sizes: readonly HostCount[], batch: number, all: number): number {
  const size = sizes[Math.min(batch, sizes.length - 1)]
  return size === undefined ? 1 : Math.max(1, countOf(size, all))
}

/** Members with other hosts than the group: batches are of the group's. */
export function strayMembers(
  members: ReadonlyMap<RollingGroup, readonly Draft[]>,
  hostsOf: (draft: Draft) => Hosts,
  hostsOfGroup: (group: RollingGroup) => Hosts,
): Problem[] {
  return [...members].flatMap(([group, drafts]) => {
    const wanted = hostsOfGroup(group)
    const stray = drafts.filter(draft => !sameHosts(hostsOf(draft), wanted))
    return stray.map(({ id, inherited, checked }) => ({
      code: 'playbook_schema',
      severity: 'error',
      message: `"${id}" has other hosts than its rolling group "${group.id}"`,
      where: inherited.hosts?.where ?? checked.step.where,
      hint: 'the group goes over its own hosts, batch by batch: leave hosts: away, or put the step beside the group',
    }))
  })
}

function sameHosts(a: Hosts, b: Hosts): boolean {
  return a === b || (a.length === b.length && a.every((host, at) => host === b[at]))
}

/**
 * Steps that stand between the members of a rolling group without being in it: they wait for one and another waits
 * for them, which would hold up every batch but the first.
 */
export function stepsBetween(
  members: ReadonlyMap<RollingGroup, readonly Draft[]>,
  drafts: readonly Draft[],
  order: readonly number[],
  waits: readonly Waits[],
): Problem[] {
  return [...members.keys()].flatMap(group => {
    const behind = new Uint8Array(drafts.length)
    for (const index of order) {
      const draft = drafts[index] as Draft
      const isMember = draft.inherited.rolling === group
      for (const source of waits[index]?.values() ?? []) {
        const { from } = source
        if (isMember && behind[from.index] === 1) return [between(group, from, draft, source.where)]
        if (!isMember && (from.inherited.rolling === group || behind[from.index] === 1)) behind[index] = 1
      }
    }
    return []
  })
}

function between(group: RollingGroup, from: Draft, draft: Draft, where: Problem['where']): Problem {
  return {
    code: 'playbook_schema',
    severity: 'error',
    message: `"${draft.id}" waits for "${from.id}", which itself waits for the rolling group "${group.id}" that "${draft.id}" is in`,
    where: where ?? draft.checked.step.where,
    hint: `put "${from.id}" into the group`,
  }
}
