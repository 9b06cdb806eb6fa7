import {
  chmodSync,
  chownSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'

export type Entry =
  | { readonly kind: 'file'; readonly text: string; readonly mode?: number }
  | { readonly kind: 'folder'; readonly mode?: number }
  | { readonly kind: 'link'; readonly target: string }

/** What lies in a folder, by relative path. */
export type Tree = Readonly<Record<string, Entry>>

export interface Owner {
  readonly uid: number
  readonly gid: number
}

/** Makes the folder hold just the tree. */
export function plant(folder: string, tree: Tree, owner?: Owner): void {
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true, force: true })
  const paths = Object.keys(tree).sort()
  for (const path of paths) grow(join(folder, path), tree[path] as Entry, owner)
  for (const path of paths) {
    const entry = tree[path] as Entry
    if (entry.kind === 'folder') chmodSync(join(folder, path), entry.mode ?? 0o755)
  }
}

function grow(path: string, entry: Entry, owner: Owner | undefined): void {
  switch (entry.kind) {
    case 'folder':
      mkdirSync(path)
      break
    case 'file':
      writeFileSync(path, entry.text)
      chmodSync(path, entry.mode ?? 0o644)
      break
    case 'link':
      symlinkSync(entry.target, path)
      if (owner !== undefined) lchownSync(path, owner.uid, owner.gid)
      return
  }
  if (owner !== undefined) chownSync(path, owner.uid, owner.gid)
}

/** What is at a path. */
export interface Photo {
  readonly kind: 'file' | 'folder' | 'link' | 'other'
  readonly mode: string
  readonly uid: number
  readonly gid: number
  /** Of a file its text, of a link its target. */
  readonly text?: string
  /** Changes whenever a file or link is written, were it with what it had. */
  readonly version: string
}

/** All that lies in a folder, by relative path; the folder itself is `.`. */
export type Photos = ReadonlyMap<string, Photo>

export function photograph(folder: string): Photos {
  return new Map(['.', ...namesIn(folder)].map(name => [name, photoOf(join(folder, name))]))
}

/** Links are not followed. */
function namesIn(folder: string, prefix = ''): string[] {
  const entries = readdirSync(join(folder, prefix), { withFileTypes: true })
  return entries.flatMap(entry => {
    const name = prefix + entry.name
    return entry.isDirectory() ? [name, ...namesIn(folder, `${name}/`)] : [name]
  })
}

function photoOf(path: string): Photo {
  const stats = lstatSync(path, { bigint: true })
  const rest = {
    mode: (Number(stats.mode) & 0o7777).toString(8).padStart(4, '0'),
    uid: Number(stats.uid),
    gid: Number(stats.gid),
    version: `${stats.ino} ${stats.mtimeNs} ${stats.ctimeNs}`,
  }
  if (stats.isFile()) return { kind: 'file', text: readFileSync(path, 'latin1'), ...rest }
  if (stats.isSymbolicLink()) return { kind: 'link', text: readlinkSync(path), ...rest }
  return { kind: stats.isDirectory() ? 'folder' : 'other', ...rest }
}

/**
 * The paths at which something else is there. Folders count for themselves, not for what is in them: their times
 * change with that.
 */
export function changedBetween(before: Photos, after: Photos): readonly string[] {
  const paths = new Set([...before.keys(), ...after.keys()])
  return [...paths].filter(path => !isSame(before.get(path), after.get(path))).sort()
}

/** Nothing was touched at all: the times of folders tell, too. */
export function isUntouched(before: Photos, after: Photos): boolean {
  return JSON.stringify([...before]) === JSON.stringify([...after])
}

function isSame(before: Photo | undefined, after: Photo | undefined): boolean {
  if (before === undefined || after === undefined) return before === after
  const { version: _, ...rest } = before
  const { version: __, ...others } = after
  if (JSON.stringify(rest) !== JSON.stringify(others)) return false
  return before.kind === 'folder' || before.version === after.version
}
