import { lstat, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { Failure } from '../../model/errors.ts'
import type { LocalFiles } from '../put/local-file.ts'
import { inTheWay } from '../put/local-folder.ts'
import { noRealFolder } from '../put/real-folders.ts'

/** What lies here already where a file would land. */
export type Here =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'file'; readonly path: string; readonly size: number; readonly digest: string }
  /** Whatever it is, it would be replaced. */
  | { readonly kind: 'other'; readonly path: string; readonly what: string }

/** Looks at places in one host's folder `root`, which it does not make; a failure where nothing could land. */
export function createLocalLook(root: string, files: LocalFiles): (path: string) => Promise<Here | Failure> {
  const folders = new Map<string, Promise<boolean | Failure>>()
  /** False for a folder that is not there. */
  const folderAt = (path: string): Promise<boolean | Failure> => {
    const known = folders.get(path) ?? lookAtFolder(path)
    folders.set(path, known)
    return known
  }
  return async place => {
    const components = place.split('/')
    for (let depth = 0; depth < components.length; depth++) {
      const there = await folderAt(join(root, ...components.slice(0, depth)))
      if (typeof there === 'object') return there
      if (!there) return { kind: 'nothing' }
    }
    return lookAtPlace(join(root, place), files)
  }
}

async function lookAtFolder(path: string): Promise<boolean | Failure> {
  const stats = await lstat(path).catch(() => undefined)
  if (stats === undefined) return false
  return stats.isDirectory() ? true : noRealFolder(path)
}

async function lookAtPlace(path: string, files: LocalFiles): Promise<Here | Failure> {
  const stats = await lstat(path).catch(() => undefined)
  if (stats === undefined) return { kind: 'nothing' }
  if (stats.isDirectory()) return inTheWay(path)
  if (stats.isSymbolicLink()) return { kind: 'other', path, what: `link ${await readlink(path)}` }
  if (!stats.isFile()) return { kind: 'other', path, what: 'special' }
  const file = await files.read(path)
  if ('code' in file) return { kind: 'other', path, what: `file of ${stats.size} ${stats.mtimeMs}` }
  return { kind: 'file', path, size: file.size, digest: file.digest }
}
