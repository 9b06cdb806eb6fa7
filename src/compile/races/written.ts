import { basename, dirname } from 'node:path/posix'
import type { Action } from '../../model/action.ts'
import type { ActionTemplate } from '../../model/plan.ts'
import type { Template } from '../../model/template.ts'
import { isGlob } from '../../steps/shell-words.ts'
import { isLate } from '../program/template-traits.ts'
import type { ListFolder, Tree } from './local-tree.ts'
import { isHomePath, pathBelow, pathOf } from './remote-path.ts'

/**
 * What a node writes, as far as it is known before the run; paths as `pathOf` makes them. `fetched`: in a local folder
 * what has that name, which may be a pattern, in a folder of a host.
 */
export type Written =
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'glob'; readonly pattern: string }
  | Tree
  | { readonly kind: 'fetched'; readonly folder: string; readonly name: string; readonly from: string }

/** Who writes, and with what. */
export interface Writer {
  /** For whom a relative path is in the home folder. */
  readonly user: string
  readonly carrier: string
  readonly listFolder: ListFolder
}

/** The texts of a step from which follows what it writes. */
export function decidingTexts(action: ActionTemplate): readonly Template[] {
  switch (action.kind) {
    case 'run':
      return action.readOnly
        ? []
        : [...(action.cwd === undefined ? [] : [action.cwd]), ...(action.writes ?? [])]
    case 'put':
      return action.source.kind === 'src' ? [action.dest, action.source.text] : [action.dest]
    case 'get':
      return [action.dest, action.src]
    case 'assert':
    case 'pause':
      return []
  }
}

/** Whether something is known of what the step writes. */
export function isWriter(action: ActionTemplate): boolean {
  switch (action.kind) {
    case 'run':
      return !action.readOnly && action.writes?.some(text => !isLate(text)) === true
    case 'put':
      return !isLate(action.dest)
    case 'get':
      return !isLate(action.dest) && !isLate(action.src)
    case 'assert':
    case 'pause':
      return false
  }
}

/** What a node writes; `template` tells what of its action only the run knows. */
export function writtenBy(action: Action, template: ActionTemplate, writer: Writer): readonly Written[] {
  if (action.kind === 'put' && template.kind === 'put') return putWritten(action, template, writer)
  if (action.kind === 'run' && template.kind === 'run') return runWritten(action, template, writer)
  if (action.kind === 'get' && template.kind === 'get') return getWritten(action, writer)
  return []
}

type OfKind<T, K> = Extract<T, { readonly kind: K }>

/** A file that goes to a folder that is there would lie inside it, which only the host knows: `dest` is what counts. */
function putWritten(
  { source, dest }: OfKind<Action, 'put'>,
  template: OfKind<ActionTemplate, 'put'>,
  { user, listFolder }: Writer,
): readonly Written[] {
  const path = pathOf(dest, user)
  const isInside = dest.endsWith('/')
  if (source.kind === 'content' || isLate(template.source.text))
    return isInside ? [] : [{ kind: 'path', path }]
  const src = source.text
  const name = basename(src)
  if (src.endsWith('/')) return [{ kind: 'tree', path, folder: src.slice(0, -1) }]
  if (isGlob(dirname(src))) return []
  if (isGlob(name)) return [{ kind: 'tree', path, folder: dirname(src), only: name }]
  const whole = isInside ? pathBelow(path, name) : path
  const isCertain = isInside || basename(path) === name
  return isCertain && listFolder(src) !== undefined
    ? [{ kind: 'tree', path: whole, folder: src }]
    : [{ kind: 'path', path: whole }]
}

function runWritten(
  { cwd, writes = [] }: OfKind<Action, 'run'>,
  template: OfKind<ActionTemplate, 'run'>,
  { user }: Writer,
): readonly Written[] {
  const isFolderKnown = template.cwd === undefined || !isLate(template.cwd)
  return writes.flatMap((text, at): Written[] => {
    const isRelative = !text.startsWith('/') && !isHomePath(text)
    if (isLate(template.writes?.[at] ?? []) || (isRelative && !isFolderKnown)) return []
    const path = pathOf(isRelative && cwd !== undefined ? `${cwd}/${text}` : text, user)
    return [isGlob(text) ? { kind: 'glob', pattern: path } : { kind: 'path', path }]
  })
}

function getWritten({ src, dest }: OfKind<Action, 'get'>, { user, carrier }: Writer): readonly Written[] {
  const path = pathOf(src, user)
  const name = basename(path)
  if (isGlob(dirname(path)) || /^(?:~.*|\.\.|)$/.test(name)) return []
  return [{ kind: 'fetched', folder: dest, name, from: `${carrier}:${dirname(path)}` }]
}
