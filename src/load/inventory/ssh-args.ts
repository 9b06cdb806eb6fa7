import type { Problem } from '../../model/problem.ts'
import type { Settings } from './draft.ts'

/** Where Ansible has options for the ssh program. */
const NAMES = ['ansible_ssh_common_args', 'ansible_ssh_extra_args', 'ansible_ssh_args'] as const

/** Options that lead elsewhere: through another machine, or with another configuration. */
const WAYS = /(?:^|\s)-J|Proxy(?:Jump|Command)|(?:^|\s)-F|HostKeyAlias|HostName/i

/** Why a host cannot be reached as Ansible would: its options for ssh name a way that drover does not take from there. */
export function waysInArgs(settings: Settings): Problem | undefined {
  for (const name of NAMES) {
    const setting = settings.get(name)
    if (typeof setting?.value !== 'string' || !WAYS.test(setting.value)) continue
    return {
      code: 'inventory_value',
      severity: 'error',
      message: `${name} leads another way to the host, and drover starts no ssh program with options`,
      where: setting.where,
      hint: 'write it into ~/.ssh/config, as ProxyJump of this host',
    }
  }
  return undefined
}
