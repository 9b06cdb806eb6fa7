import { existsSync, realpathSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { realPathOf } from './repository.ts'

/** Where the paths of a repository lie in a tree of one of its revisions, and back. */
export interface TreePaths {
  /** The top of the repository as the user sees it, and of its files at the revision. */
  readonly root: string
  readonly tree: string
  /** Where a path of the repository lies in the tree, whether it is there or not; undefined for one outside. */
  path(absolute: string): string | undefined
  /** The same where it is there; else the path itself. */
  existing(absolute: string): string
  /** The way back: the path in the repository; others stay. */
  shown(path: string): string
  /** A text in which paths in the tree become those in the repository. */
  shownIn(text: string): string
}

/**
 * @param real the top of the repository without symbolic links
 * @param from a path in the repository as the user sees it, which tells how the top is reached
 */
export function treePaths(real: string, from: string, tree: string): TreePaths {
  const root = rootAsSeen(real, from)
  /** As it is written, so that links in the repository are those of the revision; else by where it leads now. */
  const path = (absolute: string) => {
    const below = within(root, absolute) ?? within(real, withRealFolder(absolute))
    return below === undefined ? undefined : join(tree, below)
  }
  return {
    root,
    tree,
    path,
    existing: absolute => {
      const inTree = path(absolute)
      return inTree !== undefined && existsSync(inTree) ? inTree : absolute
    },
    shown: inTree => {
      const below = within(tree, inTree)
      return below === undefined ? inTree : join(root, below)
    },
    shownIn: text => text.replaceAll(tree, root),
  }
}

/** Of the folders above a path the one that is the root, whatever links lead there. */
function rootAsSeen(real: string, from: string): string {
  for (let at = dirname(from); dirname(at) !== at; at = dirname(at))
    if (existsSync(at) && realpathSync(at) === real) return at
  return real
}

function withRealFolder(path: string): string {
  const folder = dirname(path)
  return join(realPathOf(folder), path.slice(folder.length))
}

/** What of a path comes after a folder that it lies in, a slash at its end included. */
function within(folder: string, path: string): string | undefined {
  const below = relative(folder, path)
  if (below === '..' || below.startsWith(`..${sep}`)) return undefined
  return below !== '' && path.endsWith(sep) ? `${below}${sep}` : below
}
