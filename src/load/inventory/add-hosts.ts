import { LIMITS } from '../../model/limits.ts'
import type { Where } from '../../model/problem.ts'
import type { GroupDraft, InventoryDraft, Settings } from './draft.ts'
import type { HostPattern } from './host-range.ts'
import { isHostName, NAME_RULE } from './names.ts'
import { withoutSecretWords } from './secret-names.ts'

const NO_SETTINGS: Settings = new Map()

/**
 * Puts the hosts of one entry into a group, with what that entry sets for them. A port behind a name counts where
 * the host is named first, as in Ansible. Reports the first name that cannot be a host's, and limits.
 */
export function addHosts(
  draft: InventoryDraft,
  group: GroupDraft,
  { names, port }: HostPattern,
  where: Where,
  settings: Settings = NO_SETTINGS,
): void {
  const bad = names.find(name => !isHostName(name))
  if (bad !== undefined) return void draft.report(badName(bad, where))
  for (const name of names) {
    const isNew = !draft.hosts.has(name)
    const host = draft.host(name, group)
    if (host === undefined) return void draft.report(tooMany(where))
    if (port !== undefined && isNew) {
      host.settings.set('ansible_port', { value: String(port), where, dialect: 'drover' })
    } else if (port !== undefined && host.settings.get('ansible_port')?.value !== String(port)) {
      draft.warn(portIgnored(name, port, where))
    }
    for (const [key, setting] of settings) host.settings.set(key, setting)
  }
}

function badName(name: string, where: Where) {
  return {
    code: 'inventory_name',
    severity: 'error',
    message: `"${withoutSecretWords(name)}" cannot name a host`,
    where,
    hint: hintFor(name),
  } as const
}

function hintFor(name: string): string {
  if (/\{\{|[{%]\{?%|%\{|\$\{/.test(name)) return 'this looks like a template: render it first'
  if (/\s/.test(name))
    return 'there is a space in it that separates nothing (a no-break space, as web pages have)'
  if (name.includes(',')) return 'one host a line'
  return NAME_RULE
}

function tooMany(where: Where) {
  const message = `there are more than ${LIMITS.hosts} hosts, or too many hosts in groups`
  return { code: 'inventory_limit', severity: 'error', message, where } as const
}

function portIgnored(name: string, port: number, where: Where) {
  const message = `the port ${port} has no effect: ${name} is named before without it`
  const hint = `set ansible_port=${port}`
  return { code: 'inventory_value', severity: 'warning', message, where, hint } as const
}
