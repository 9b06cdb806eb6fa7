import { cpSync, globSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { DemoHost } from './hosts.ts'

/** Where the demo's files are; all of them lie in `folder`. */
export interface DemoFiles {
  readonly folder: string
  readonly playbook: string
  readonly inventory: string
  readonly knownHosts: string
  readonly privateKey: string
}

export interface PlacedHost extends DemoHost {
  readonly port: number
  /** The key that known_hosts has for it. */
  readonly knownKey: string
}

const PLAYBOOKS = fileURLToPath(new URL('../../playbooks', import.meta.url))

/** Makes the demo's folder, with a copy of the playbook: what `get` fetches lands beside it. */
export function makeDemoFolder(): DemoFiles {
  const folder = mkdtempSync(join(tmpdir(), 'drover-demo-'))
  cpSync(join(PLAYBOOKS, 'demo.yml'), join(folder, 'demo.yml'))
  cpSync(join(PLAYBOOKS, 'demo'), join(folder, 'demo'), { recursive: true })
  return {
    folder,
    playbook: join(folder, 'demo.yml'),
    inventory: join(folder, 'hosts.ini'),
    knownHosts: join(folder, 'known_hosts'),
    privateKey: join(folder, 'key'),
  }
}

/** Makes the home folder of a host. On the failing one a file stands where the playbook wants a folder. */
export function makeHome({ folder }: DemoFiles, { name, fault }: DemoHost): string {
  const home = join(folder, 'homes', name)
  mkdirSync(home, { recursive: true })
  if (fault === 'failing') writeFileSync(join(home, 'releases'), 'a file, not a folder\n')
  return home
}

export function writeInventory(files: DemoFiles, hosts: readonly PlacedHost[], user: string): void {
  const groups = Map.groupBy(hosts, host => host.group)
  const sections = [...groups].map(([group, members]) => {
    const lines = members.map(({ name, port }) => `${name} ansible_port=${port}\n`)
    return `[${group}]\n${lines.join('')}\n`
  })
  const shared = [
    'ansible_host=127.0.0.1',
    `ansible_user=${user}`,
    `ansible_ssh_private_key_file=${files.privateKey}`,
  ]
  writeFileSync(files.inventory, `${sections.join('')}[all:vars]\n${shared.join('\n')}\n`)
}

export function writeKnownHosts(files: DemoFiles, hosts: readonly PlacedHost[]): void {
  const lines = hosts.map(({ port, knownKey }) => `[127.0.0.1]:${port} ${knownKey}\n`)
  writeFileSync(files.knownHosts, lines.join(''))
}

/** What the playbook has fetched from hosts, relative to the demo's folder. */
export function fetchedFiles({ folder }: DemoFiles): readonly string[] {
  return globSync('backups/*/*', { cwd: folder }).sort()
}
