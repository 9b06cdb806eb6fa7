import { posix } from 'node:path'
import type { PutAction } from '../../model/action.ts'
import type { Finding } from '../../model/finding.ts'
import { failureOf } from '../result.ts'
import { unseen } from './question.ts'

/** Where something goes on the host: absolute, with all symbolic links on the way resolved. */
export interface RealPlace {
  readonly path: string
  /** Folders above it that are not there, the topmost first. */
  readonly missing: readonly string[]
}

/**
 * `near` is what pwd printed in the nearest folder that is there; `rest` leads on from it. Undefined where it leads out
 * again of a folder that is not there.
 */
export function realPlace(near: Buffer, rest: Buffer): RealPlace | undefined {
  const folder = near.toString('utf8').replace(/\n$/, '')
  const names = rest.toString('utf8').split('/').filter(Boolean)
  if (names.includes('..')) return undefined
  const folders = names.slice(0, -1).map((_, index) => posix.join(folder, ...names.slice(0, index + 1)))
  const missing = [...new Set(folders)].filter(path => path !== folder)
  return { path: posix.join(folder, ...names), missing }
}

/** Of the paths that were passed on the way to `path`, those that are no folders above it; all if it is not known. */
export function waysTo(
  path: string | undefined,
  passed: readonly string[],
): { readonly ways?: readonly string[] } {
  const ways = passed.filter(way => path === undefined || !isAbove(way, path))
  return ways.length === 0 ? {} : { ways }
}

function isAbove(folder: string, path: string): boolean {
  return folder === '/' || path === folder || path.startsWith(`${folder}/`)
}

/** Of a put whose place is undefined. */
export function nowhere({ dest }: PutAction): Finding {
  return unseen(failureOf('remote_file', `${JSON.stringify(dest)} leads through a folder that is not there`))
}
