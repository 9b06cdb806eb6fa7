import type { Action } from '../model/action.ts'
import type { Finding } from '../model/finding.ts'

/**
 * Absolute folders that stand for the same one: the working folder, and a copy of it at a revision where there is one.
 * They need not be called the same where a plan is applied.
 */
export type Bases = readonly string[]

/** A local path as a plan file has it: `./…` below a base. It may be a pattern, or end in a slash, and keeps that. */
export function withoutBase(bases: Bases, path: string): string {
  if (bases.includes(path)) return '.'
  const folder = bases
    .map(base => (base.endsWith('/') ? base : `${base}/`))
    .find(base => path.startsWith(base))
  return folder === undefined ? path : `./${path.slice(folder.length)}`
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
