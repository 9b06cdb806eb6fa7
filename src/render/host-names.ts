import { foldHosts } from './fold-hosts.ts'
import type { RunLabels } from './run/labels.ts'
import { textWidth, truncate } from './width.ts'

/**
 * Many hosts as few words, `web[01-12],db1`. What does not fit is cut between two names or numbers, and how many
 * there are is said: `web[003,017,…] (258)`.
 */
export function hostNames(hosts: readonly number[], labels: RunLabels, columns: number): string {
  const names = foldHosts(hosts.map(labels.host))
  if (textWidth(names) <= columns || hosts.length === 1) return names
  const total = ` (${hosts.length})`
  return `${cutNames(names, columns - total.length)}${total}`
}

/** Folded hosts, cut between two names or numbers where they do not fit: `web[003,017,…]`. */
export function cutNames(folded: string, columns: number): string {
  if (textWidth(folded) <= columns) return folded
  const start = truncate(folded, columns - '…]'.length).replace(/,?[^,[]*$/, '')
  const isInside = start.lastIndexOf('[') > start.lastIndexOf(']')
  const comma = start === '' || start.endsWith('[') ? '' : ','
  return `${start}${comma}…${isInside ? ']' : ''}`
}
