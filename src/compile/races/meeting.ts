import { matchesGlob } from 'node:path/posix'
import { isGlob } from '../../steps/shell-words.ts'
import { entryAt, type ListFolder, sharedEntry, type Tree } from './local-tree.ts'
import { pathBelow, restBelow } from './remote-path.ts'
import type { Written } from './written.ts'

/** A path, or what stands for several, that both surely write; undefined where that cannot be told. */
export function meeting(one: Written, other: Written, list: ListFolder): string | undefined {
  if (one.kind === 'fetched') return other.kind === 'fetched' ? fetchedTwice(one, other) : undefined
  if (one.kind === 'path') return withPath(one.path, other, list)
  if (one.kind === 'tree') return withTree(one, other, list)
  return withGlob(one.pattern, other, list)
}

function withPath(path: string, other: Written, list: ListFolder): string | undefined {
  switch (other.kind) {
    case 'path':
      return path === other.path ? path : undefined
    case 'glob':
      return matches(path, other.pattern) ? path : undefined
    case 'tree':
      return entryAt(other, path, list) === undefined ? undefined : path
    case 'fetched':
      return undefined
  }
}

function withTree(tree: Tree, other: Written, list: ListFolder): string | undefined {
  switch (other.kind) {
    case 'path':
      return withPath(other.path, tree, list)
    case 'glob':
      return matches(tree.path, other.pattern) || covers(other.pattern, pathBelow(tree.path, '*'))
        ? tree.path
        : undefined
    case 'tree':
      return sharedEntry(tree, other, list)
    case 'fetched':
      return undefined
  }
}

function withGlob(pattern: string, other: Written, list: ListFolder): string | undefined {
  if (other.kind !== 'glob') return meeting(other, { kind: 'glob', pattern }, list)
  if (pattern === other.pattern || covers(other.pattern, pattern)) return pattern
  return covers(pattern, other.pattern) ? other.pattern : undefined
}

/** Of two patterns over different folders of a host it is not known whether they match the same names. */
function fetchedTwice(
  one: Extract<Written, { kind: 'fetched' }>,
  other: Extract<Written, { kind: 'fetched' }>,
): string | undefined {
  if (one.folder !== other.folder) return undefined
  if (one.name === other.name)
    return isGlob(one.name) && one.from !== other.from ? undefined : pathBelow(one.folder, one.name)
  if (one.from !== other.from) return undefined
  if (!isGlob(one.name) && matches(one.name, other.name)) return pathBelow(one.folder, one.name)
  return !isGlob(other.name) && matches(other.name, one.name)
    ? pathBelow(other.folder, other.name)
    : undefined
}

function matches(path: string, pattern: string): boolean {
  return matchesGlob(path, pattern)
}

/** Whether `pattern` stands for all below a folder, and `other` for something there. */
function covers(pattern: string, other: string): boolean {
  return pattern.endsWith('/**') && restBelow(pattern.slice(0, -3) || '/', other) !== undefined
}
