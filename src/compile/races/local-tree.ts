import { join, matchesGlob } from 'node:path/posix'
import { LIMITS } from '../../model/limits.ts'
import { pathBelow, restBelow } from './remote-path.ts'

/**
 * What is in a local folder, by name; links are `other`, wherever they lead. Undefined where there is no such folder,
 * or it can't be looked into.
 * @param path absolute
 */
export type ListFolder = (path: string) => ReadonlyMap<string, 'folder' | 'other'> | undefined

/** The entries of a local folder below a remote path, or only those of its own that a pattern matches. */
export interface Tree {
  readonly kind: 'tree'
  readonly path: string
  readonly folder: string
  readonly only?: string
}

/** Whether a tree has an entry at a path, and which. */
export function entryAt(tree: Tree, path: string, list: ListFolder): 'folder' | 'other' | undefined {
  if (path === tree.path) return 'folder'
  const names = restBelow(tree.path, path)?.split('/')
  if (names === undefined) return undefined
  let folder = tree.folder
  let entry: 'folder' | 'other' | undefined = 'folder'
  for (const [depth, name] of names.entries()) {
    if (entry !== 'folder' || (depth === 0 && !isAmong(tree, name))) return undefined
    entry = list(folder)?.get(name)
    folder = join(folder, name)
  }
  return entry
}

/** A path that two trees both write: a file in both, or a file in one and a folder in the other. */
export function sharedEntry(one: Tree, other: Tree, list: ListFolder): string | undefined {
  const [upper, lower] = one.path.length <= other.path.length ? [one, other] : [other, one]
  if (upper.path === lower.path) return new Comparison(list).of(upper, lower)
  const entry = entryAt(upper, lower.path, list)
  if (entry !== 'folder') return entry === undefined ? undefined : lower.path
  const folder = join(upper.folder, restBelow(upper.path, lower.path) ?? '')
  return new Comparison(list).of({ kind: 'tree', path: lower.path, folder }, lower)
}

/** Looks through what is in both of two trees. */
class Comparison {
  readonly #list: ListFolder
  #left: number = LIMITS.getEntries

  constructor(list: ListFolder) {
    this.#list = list
  }

  of(one: Tree, other: Tree): string | undefined {
    const others = this.#list(other.folder)
    for (const [name, entry] of this.#list(one.folder) ?? []) {
      this.#left -= 1
      const second = others?.get(name)
      if (this.#left < 0 || second === undefined || !isAmong(one, name) || !isAmong(other, name)) continue
      const path = pathBelow(one.path, name)
      if (entry === 'other' || second === 'other') return path
      const shared = this.of(
        { kind: 'tree', path, folder: join(one.folder, name) },
        { kind: 'tree', path, folder: join(other.folder, name) },
      )
      if (shared !== undefined) return shared
    }
    return undefined
  }
}

function isAmong({ only }: Tree, name: string): boolean {
  return only === undefined || matchesGlob(name, only)
}
