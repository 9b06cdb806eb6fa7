import { writeFileSync } from 'node:fs'
import type { TestServer } from './server.ts'

/** A host line for each server, as drover, Ansible and clush users would write it: `h1 ansible_host=…`. */
export function inventoryText(hosts: ReadonlyMap<string, TestServer>): string {
  const lines = [...hosts].map(([name, server]) => [name, ...connectionVars(server)].join(' '))
  return `${lines.join('\n')}\n`
}

/** Writes the hosts, and groups of them after a blank line each; returns the file. */
export function writeInventory(
  file: string,
  hosts: ReadonlyMap<string, TestServer>,
  groups: Readonly<Record<string, readonly string[]>> = {},
): string {
  const sections = Object.entries(groups).map(([group, names]) => `\n[${group}]\n${names.join('\n')}\n`)
  writeFileSync(file, inventoryText(hosts) + sections.join(''), { mode: 0o600 })
  return file
}

/** `count` hosts `h1 … hn` that are all the one server, each by an address of its own (127.1.0.1 and on). */
export function writeFleetInventory(file: string, server: TestServer, count: number): string {
  const [, ...vars] = connectionVars(server)
  const lines = Array.from(
    { length: count },
    (_, index) => `h${index + 1} ansible_host=${fleetAddress(index)} ${vars.join(' ')}`,
  )
  writeFileSync(file, `[fleet]\n${lines.join('\n')}\n`, { mode: 0o600 })
  return file
}

/** The loopback address of the fleet's host number `index`, from 0. */
export function fleetAddress(index: number): string {
  return `127.1.${Math.floor(index / 250)}.${(index % 250) + 1}`
}

function connectionVars({ host, port, user, password, privateKey }: TestServer): string[] {
  return [
    `ansible_host=${host}`,
    `ansible_port=${port}`,
    `ansible_user=${user}`,
    `ansible_ssh_private_key_file=${privateKey}`,
    ...(password === undefined ? [] : [`ansible_password='${password}'`]),
  ]
}
