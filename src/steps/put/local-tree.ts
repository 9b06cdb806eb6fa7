import type { Dirent } from 'node:fs'
import { readdir, readlink, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Failure } from '../../model/errors.ts'
import { LIMITS } from '../../model/limits.ts'
import { failureOf } from '../result.ts'
import { localFailure } from './local-file.ts'
import { expandGlob } from './local-glob.ts'

/** Something to put; `path` is relative to the remote folder that the tree goes to, parents come before children. */
export type TreeEntry =
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 'file'; readonly path: string; readonly local: string }
  | { readonly kind: 'link'; readonly path: string; readonly target: string }

/** What the `src` of a put stands for. A `folder` keeps its name on the host, `contents` are what lies in folders. */
export type LocalSource =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'folder'; readonly name: string; readonly entries: readonly TreeEntry[] }
  | { readonly kind: 'contents'; readonly entries: readonly TreeEntry[] }

/**
 * Finds out what `src`, an absolute path, stands for:
 * - a file, also through a symbolic link
 * - a folder: it goes to the host with its name; written with a slash at the end, only its contents go
 * - a pattern: everything that it matches; a path that exists as it is written is no pattern
 *
 * Symbolic links inside a folder are put as links, empty folders too; pipes, sockets and devices are refused.
 */
export async function findLocalSource(src: string): Promise<LocalSource | Failure> {
  try {
    const stats = await stat(src).catch(() => undefined)
    if (stats === undefined && /[*?[]/.test(src)) return await matches(src)
    if (!(stats ?? (await stat(src))).isDirectory()) return { kind: 'file', path: src }
    const walk = new Walk()
    await walk.folder(src, '')
    if (walk.failure !== undefined) return walk.failure
    if (src.endsWith('/')) return { kind: 'contents', entries: walk.entries }
    return { kind: 'folder', name: basename(src), entries: walk.entries }
  } catch (error) {
    return localFailure(src, error)
  }
}

async function matches(pattern: string): Promise<LocalSource | Failure> {
  const paths = await expandGlob(pattern)
  if (paths.length === 0) return failureOf('local_file', `nothing matches ${JSON.stringify(pattern)}`)
  const walk = new Walk()
  const names = new Map<string, string>()
  for (const path of paths) {
    const name = basename(path)
    const twin = names.get(name)
    if (twin !== undefined) {
      return failureOf('local_file', `${JSON.stringify(twin)} and ${JSON.stringify(path)} have the same name`)
    }
    names.set(name, path)
    if (!(await stat(path)).isDirectory()) walk.add({ kind: 'file', path: name, local: path })
    else {
      walk.add({ kind: 'folder', path: name })
      await walk.folder(path, `${name}/`)
    }
  }
  return walk.failure ?? { kind: 'contents', entries: walk.entries }
}

/** Gathers the entries of folders until something is wrong. */
class Walk {
  readonly entries: TreeEntry[] = []
  failure: Failure | undefined

  add(entry: TreeEntry): void {
    this.entries.push(entry)
    if (this.entries.length <= LIMITS.getEntries) return
    this.failure ??= failureOf('local_file', `more than ${LIMITS.getEntries} files and folders to put`)
  }

  /** `prefix` is what the folder is called in entries, with a slash. */
  async folder(local: string, prefix: string): Promise<void> {
    const found = await readdir(local, { withFileTypes: true })
    found.sort((a, b) => (a.name < b.name ? -1 : 1))
    for (const entry of found) {
      if (this.failure !== undefined) return
      await this.#entry(join(local, entry.name), `${prefix}${entry.name}`, entry)
    }
  }

  async #entry(local: string, path: string, entry: Dirent): Promise<void> {
    if (entry.name.includes('\ufffd')) {
      this.failure = failureOf('local_file', `the name of ${JSON.stringify(local)} is not UTF-8`)
    } else if (entry.isDirectory()) {
      this.add({ kind: 'folder', path })
      await this.folder(local, `${path}/`)
    } else if (entry.isSymbolicLink()) {
      this.add({ kind: 'link', path, target: await readlink(local) })
    } else if (entry.isFile()) {
      this.add({ kind: 'file', path, local })
    } else {
      this.failure = failureOf('local_file', `${JSON.stringify(local)} is a pipe, socket or device`)
    }
  }
}
