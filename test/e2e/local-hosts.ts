import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Writes an inventory of hosts that are this machine itself; returns the option that names it. */
export function writeLocalHosts(folder: string, names: readonly string[]): string[] {
  const file = join(folder, 'hosts.ini')
  writeFileSync(file, names.map(name => `${name} ansible_connection=local\n`).join(''), { mode: 0o600 })
  return ['-i', file]
}

/** The lines that steps have written to a file of the folder; none where there is no file. */
export function linesOf(folder: string, name: string): string[] {
  const file = join(folder, name)
  if (!existsSync(file)) return []
  return readFileSync(file, 'utf8').split('\n').slice(0, -1)
}
