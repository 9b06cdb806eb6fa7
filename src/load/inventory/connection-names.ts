import type { Settings } from './draft.ts'

/** Names of a connection variable, the strongest first. The last one of each is drover's short name. */
export const NAMES = {
  address: ['ansible_ssh_host', 'ansible_host', 'host'],
  port: ['ansible_ssh_port', 'ansible_port', 'port'],
  user: ['ansible_ssh_user', 'ansible_user', 'user'],
  password: ['ansible_ssh_password', 'ansible_ssh_pass', 'ansible_password', 'ansible_pass', 'password'],
  key: ['ansible_ssh_private_key_file', 'ansible_private_key_file', 'key'],
  passphrase: ['ansible_ssh_private_key_passphrase', 'ansible_private_key_passphrase', 'passphrase'],
  connectRetries: ['ansible_ssh_retries', 'connect_retries'],
  connectTimeout: ['ansible_ssh_timeout', 'ansible_timeout', 'connect_timeout'],
  plugin: ['ansible_connection'],
  become: ['ansible_become', 'ansible_sudo', 'become'],
  becomeUser: ['ansible_become_user', 'ansible_sudo_user', 'become_user'],
  becomeMethod: ['ansible_become_method', 'become_method'],
  becomePassword: ['ansible_become_password', 'ansible_become_pass', 'ansible_sudo_pass', 'become_password'],
} as const satisfies Record<string, readonly string[]>

export type Part = keyof typeof NAMES

/** Their short names mean nothing to applications, so they count wherever they are set. */
const EVERYWHERE: readonly Part[] = ['become', 'becomeUser', 'becomeMethod', 'becomePassword']

const LONG_NAMES: ReadonlySet<string> = new Set(
  Object.values(NAMES).flatMap(names => names.filter(name => name.startsWith('ansible_'))),
)

/** Whether Ansible means the connection by this name. */
export function isAnsibleName(name: string): boolean {
  return LONG_NAMES.has(name)
}

/** Whether a name means the connection whatever else is set. */
export function countsEverywhere(part: Part, name: string): boolean {
  return EVERYWHERE.includes(part) || isAnsibleName(name)
}

/** A port behind a host's name is set under Ansible's name, but not in Ansible's words. */
export function hasAnsibleNames(settings: Settings): boolean {
  for (const name of LONG_NAMES) {
    const setting = settings.get(name)
    if (setting !== undefined && setting.dialect !== 'drover') return true
  }
  return false
}
