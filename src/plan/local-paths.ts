import type { Action } from '../model/action.ts'
import type { Finding } from '../model/finding.ts'

/**
 * A local path as a plan file has it: `./…` below the folder it was made for, which need not be called the same where
 * it is applied. It may be a pattern, or end in a slash, and keeps that.
 */
export function withoutBase(base: string, path: string): string {
  if (path === base) return '.'
  const folder = base.endsWith('/') ? base : `${base}/`
  return path.startsWith(folder) ? `./${path.slice(folder.length)}` : path
}

export function withBase(base: string, path: string): string {
  if (path === '.') return base
  return path.startsWith('./') ? `${base.replace(/\/$/, '')}/${path.slice(2)}` : path
}

/** The action with its local paths replaced. */
export function mapActionPaths(action: Action, map: (path: string) => string): Action {
  if (action.kind === 'get') return { ...action, dest: map(action.dest) }
  if (action.kind !== 'put' || action.source.kind !== 'src') return action
  return { ...action, source: { kind: 'src', text: map(action.source.text) } }
}

/** The finding with its local paths replaced. */
export function mapFindingPaths(finding: Finding, map: (path: string) => string): Finding {
  if (finding.kind !== 'get') return finding
  return { ...finding, local: { ...finding.local, overwritten: finding.local.overwritten.map(map) } }
}
