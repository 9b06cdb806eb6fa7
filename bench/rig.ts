import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fleetAddress, writeFleetInventory } from '../test/sshd/inventory.ts'
import type { TestServer } from '../test/sshd/server.ts'
import { startSshd } from '../test/sshd/sshd.ts'

/** One sshd that is many hosts (127.1.x.y), and the commands that run something on them. */
export interface Rig {
  readonly server: TestServer
  readonly addresses: readonly string[]
  readonly folder: string
  readonly inventory: string
}

export const DROVER = resolve(import.meta.dirname, '../bin/drover.js')

/** Starts the server for the time that `use` takes, and removes everything afterwards. */
export async function withRig(hosts: number, use: (rig: Rig) => Promise<void>): Promise<void> {
  const server = await startSshd({ addresses: ['0.0.0.0'] })
  const folder = mkdtempSync(join(tmpdir(), 'drover-bench-'))
  try {
    const inventory = writeFleetInventory(join(folder, 'hosts.ini'), server, hosts)
    const addresses = Array.from({ length: hosts }, (_, index) => fleetAddress(index))
    await use({ server, addresses, folder, inventory })
  } finally {
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** `drover apply`, or a preview, of a playbook with these steps, given as YAML list items. */
export function droverCommand(
  { folder, inventory, server }: Rig,
  steps: readonly string[],
  { verb = 'apply', forks = 64 }: { readonly verb?: 'apply' | 'plan'; readonly forks?: number } = {},
): readonly string[] {
  const playbook = join(folder, `play-${steps.length}.yml`)
  writeFileSync(playbook, `name: Bench\nhosts: all\nsteps:\n${steps.map(step => `  - ${step}\n`).join('')}`)
  return [
    // What drover keeps of its runs goes with the rig.
    ...[
      'env',
      '-C',
      folder,
      process.execPath,
      DROVER,
      verb,
      playbook,
      '-i',
      inventory,
      '--forks',
      String(forks),
    ],
    ...['--known-hosts', server.knownHosts, ...(verb === 'apply' ? ['--yes'] : [])],
  ]
}

/** The same with nothing but the ssh2 library, in one process. */
export function bareCommand({ server, addresses, folder }: Rig, steps: number): readonly string[] {
  const file = join(folder, 'bare.json')
  const { port, user, privateKey, hostKeyFingerprint } = server
  writeFileSync(file, JSON.stringify({ addresses, port, user, privateKey, hostKeyFingerprint, steps }))
  return [process.execPath, join(import.meta.dirname, 'bare-ssh2.ts'), file]
}

/** OpenSSH's options for the rig, which other tools take too. */
export function sshOptions({ server }: Rig): readonly string[] {
  return [
    ...['-F', 'none', '-i', server.privateKey, '-o', `UserKnownHostsFile=${server.knownHosts}`],
    ...['-o', 'IdentitiesOnly=yes', '-o', 'BatchMode=yes', '-o', 'StrictHostKeyChecking=yes'],
  ]
}
