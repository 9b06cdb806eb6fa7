import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { inventoryText } from '../sshd/inventory.ts'
import type { TestServer } from '../sshd/server.ts'

/** A folder for one test, removed after it. */
export function workFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'drover-e2e-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A host of an inventory: a server of ours, or something else that listens (or does not) at an address. */
export type E2eHost = TestServer | { readonly host: string; readonly port: number }

/**
 * Writes `hosts.ini` and `known_hosts` for these hosts; returns the options that name them. What is no server of ours
 * is logged in to with the key of the first that is.
 */
export function writeHosts(folder: string, hosts: Readonly<Record<string, E2eHost>>): string[] {
  const servers = Object.values(hosts).filter(isServer)
  const [any] = servers
  const whole = Object.entries(hosts).map(([name, host]): [string, TestServer] => [
    name,
    isServer(host) ? host : { ...(any as TestServer), ...host },
  ])
  writeFileSync(join(folder, 'hosts.ini'), inventoryText(new Map(whole)), { mode: 0o600 })
  const keys = [...new Set(servers.map(server => server.knownHosts))].map(file => readFileSync(file, 'utf8'))
  writeFileSync(join(folder, 'known_hosts'), keys.join(''))
  return ['-i', join(folder, 'hosts.ini'), '--known-hosts', join(folder, 'known_hosts')]
}

function isServer(host: E2eHost): host is TestServer {
  return 'privateKey' in host
}

/** Writes a playbook of these lines below `hosts: all`; returns its file. */
export function writePlaybook(folder: string, steps: string, head = ''): string {
  const file = join(folder, 'play.yml')
  writeFileSync(file, `name: Test\nhosts: all\n${head}steps:\n${steps}`)
  return file
}
