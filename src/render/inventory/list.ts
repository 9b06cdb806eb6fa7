import type { Connection, Host } from '../../model/host.ts'
import { escapeText } from '../escape.ts'

/** Hosts one a line; with `details` also how they are reached and their groups. */
export function inventoryList(hosts: readonly Host[], details: boolean): string {
  if (!details) return hosts.map(host => `${escapeText(host.name)}\n`).join('')
  const rows = hosts.map(host =>
    [host.name, wayOf(host), host.groups.slice(1).join(' ')].map(cell => escapeText(cell)),
  )
  const widths = [0, 1].map(column =>
    rows.reduce((width, row) => Math.max(width, row[column]?.length ?? 0), 0),
  )
  return rows
    .map(row => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
    .map(line => `${line.trimEnd()}\n`)
    .join('')
}

/** How a host is reached, or why it is not. */
function wayOf({ connection, unusable }: Host): string {
  if (unusable === undefined) return reach(connection)
  const { message, where } = unusable
  return `no target: ${message}${where === undefined ? '' : ` (${where.file}:${where.line})`}`
}

/** `user@address:port`, the address in brackets where it has colons, and the machines to go through. */
function reach({ transport, user, address, port, ssh }: Connection): string {
  if (transport === 'local') return 'local'
  const way = ssh?.jumps?.map(reach).join(', ') ?? (ssh?.proxyCommand && 'a command')
  const place = `${user}@${address.includes(':') ? `[${address}]` : address}:${port}`
  return way === undefined ? place : `${place} via ${way}`
}
