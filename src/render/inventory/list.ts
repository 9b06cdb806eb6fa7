import type { Connection, Host } from '../../model/host.ts'
import { escapeText } from '../escape.ts'

/** Hosts one a line; with `details` also how they are reached, their groups, and why one is not reached. */
export function inventoryList(hosts: readonly Host[], details: boolean): string {
  if (!details) return hosts.map(host => `${escapeText(host.name)}\n`).join('')
  const rows = hosts.map(host =>
    [host.name, wayOf(host), host.groups.slice(1).join(' '), objectionTo(host)].map(cell => escapeText(cell)),
  )
  const widths = [0, 1, 2].map(column =>
    rows.reduce((width, row) => Math.max(width, row[column]?.length ?? 0), 0),
  )
  return rows
    .map(row => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
    .map(line => `${line.trimEnd()}\n`)
    .join('')
}

function wayOf({ connection, unusable }: Host): string {
  return unusable === undefined ? reach(connection) : 'no target'
}

/** Why a host is not reached. It stands last, since it may be long. */
function objectionTo({ unusable }: Host): string {
  if (unusable === undefined) return ''
  const { message, where } = unusable
  return `${message}${where === undefined ? '' : ` (${where.file}:${where.line})`}`
}

/** `user@address:port`, the address in brackets where it has colons, and the machines to go through. */
function reach({ transport, user, address, port, ssh }: Connection): string {
  if (transport === 'local') return 'local'
  const way = ssh?.jumps?.map(reach).join(', ') ?? (ssh?.proxyCommand && 'a command')
  const place = `${user}@${address.includes(':') ? `[${address}]` : address}:${port}`
  return way === undefined ? place : `${place} via ${way}`
}
