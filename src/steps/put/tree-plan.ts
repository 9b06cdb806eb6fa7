import type { Failure } from '../../model/errors.ts'
import { failureOf } from '../result.ts'
import type { LocalFile } from './local-file.ts'
import type { TreeEntry } from './local-tree.ts'
import type { Ownership } from './ownership.ts'
import type { RemoteFile, Seen } from './tree-answers.ts'

/** Mode and owner of a file, as chmod and chown take them; an empty owner stays what it is. */
export interface Attributes {
  readonly mode: string
  /** `owner:group`, either of them may be missing. */
  readonly owner: string
}

/** What has to be done on the host so that the tree is there. Paths are relative to where the tree goes. */
export interface TreePlan {
  readonly folders: readonly string[]
  readonly files: readonly SentFile[]
  readonly links: readonly { readonly path: string; readonly target: string }[]
  /** Files with the right content, and the wrong mode or owner. */
  readonly settled: readonly { readonly path: string; readonly attributes: Attributes }[]
  /** Paths at which there is something that is not replaced: a folder for a file, say. */
  readonly conflicts: readonly string[]
}

export interface SentFile {
  readonly path: string
  readonly local: LocalFile
  readonly attributes: Attributes
}

/** Compares what is there with what shall be. `locals` has every file of `entries`. */
export function planTree(
  entries: readonly TreeEntry[],
  locals: ReadonlyMap<TreeEntry, LocalFile>,
  seen: ReadonlyMap<TreeEntry, Seen>,
  ownership: Ownership,
): TreePlan {
  const thereOf = (entry: TreeEntry): Seen => seen.get(entry) ?? { kind: 'none' }
  const conflicts = entries.filter(entry => blocks(entry, thereOf(entry))).map(entry => entry.path)
  const folders = entries.filter(entry => entry.kind === 'folder' && thereOf(entry).kind === 'none')
  const links = entries.filter(entry => entry.kind === 'link').filter(entry => thereOf(entry).kind !== 'same')
  const judged = [...locals].map(([entry, local]) => {
    const there = thereOf(entry)
    const right = there.file?.digest === local.digest
    return { path: entry.path, local, attributes: wanted(there, ownership), right, file: there.file }
  })
  return {
    folders: folders.map(entry => entry.path),
    files: judged.filter(({ right }) => !right),
    links,
    settled: judged.filter(({ right, file }) => right && file !== undefined && differs(file, ownership)),
    conflicts,
  }
}

function blocks(entry: TreeEntry, there: Seen): boolean {
  if (entry.kind === 'folder') return there.kind !== 'none' && there.kind !== 'folder'
  return there.kind === 'folder' || there.kind === 'other'
}

/** What is not asked for stays as it is on the host. */
function wanted({ file }: Seen, { mode, owner, group }: Ownership): Attributes {
  const parts = [owner ?? file?.uid ?? '', group ?? file?.gid ?? '']
  return { mode: mode ?? file?.mode ?? '0644', owner: parts.join(':').replace(/:$/, '') }
}

function differs(file: RemoteFile, { mode, owner, group }: Ownership): boolean {
  const asked = owner !== undefined || group !== undefined
  return (asked && !file.owned) || (mode !== undefined && mode !== file.mode)
}

export function isEmpty({ files, folders, links, settled }: TreePlan): boolean {
  return files.length + folders.length + links.length + settled.length === 0
}

/** What is sent. */
export function bytesOf({ files }: TreePlan): number {
  return files.reduce((sum, { local }) => sum + local.size, 0)
}

/** Why nothing of the plan can be done, if that is so. */
export function conflictOf({ conflicts }: TreePlan): Failure | undefined {
  const [path] = conflicts
  if (path === undefined) return undefined
  const more = conflicts.length > 1 ? ` (and ${conflicts.length - 1} more)` : ''
  const message = `${JSON.stringify(path)} is something else on the host: a folder for a file, or a file for a folder${more}`
  return failureOf('remote_file', message, 'remove it there, or put the tree elsewhere; nothing was changed')
}
