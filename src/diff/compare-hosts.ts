import type { Host } from '../model/host.ts'
import type { Plan } from '../model/plan.ts'
import type { Field, FieldChange, PlanDiff } from '../model/plan-diff.ts'
import { compareFields } from './compare-fields.ts'
import { groupByChanges } from './group-by-changes.ts'

/** Hosts of either plan, and how those of both are reached. */
export function compareHosts(before: Plan, after: Plan): PlanDiff['hosts'] {
  const names = ({ hosts }: Plan) => hosts.map(({ name }) => name)
  const old = new Map(before.hosts.map(host => [host.name, host]))
  const changed = after.hosts.flatMap((host): [string, readonly FieldChange[]][] => {
    const was = old.get(host.name)
    return was === undefined ? [] : [[host.name, reachChanges(was, host)]]
  })
  return { ...addedAndRemoved(names(before), names(after)), changed: groupByChanges(changed) }
}

export function addedAndRemoved(
  before: readonly string[],
  after: readonly string[],
): { readonly added: readonly string[]; readonly removed: readonly string[] } {
  const [old, now] = [new Set(before), new Set(after)]
  return { added: after.filter(name => !old.has(name)), removed: before.filter(name => !now.has(name)) }
}

function reachChanges(before: Host, after: Host): readonly FieldChange[] {
  const changes = compareFields(reachOf(before), reachOf(after))
  const secrets = (['password', 'passphrase'] as const).filter(
    key => before.connection[key]?.reveal() !== after.connection[key]?.reveal(),
  )
  return [...changes, ...secrets.map(name => ({ name, before: '***', after: 'another one' }))]
}

function reachOf({ connection }: Host): readonly Field[] {
  const { transport, address, port, user, keys, become } = connection
  return [
    { name: 'connection', text: transport },
    { name: 'address', text: address },
    { name: 'port', text: String(port) },
    { name: 'user', text: user },
    ...keys.map((text, at) => ({ name: keys.length === 1 ? 'key' : `key ${at + 1}`, text })),
    ...(become?.always ? [{ name: 'become', text: 'true' }] : []),
    ...(become?.user === undefined ? [] : [{ name: 'become_user', text: become.user }]),
    ...(become?.method === undefined ? [] : [{ name: 'become_method', text: become.method }]),
  ]
}
