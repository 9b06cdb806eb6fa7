import { readdirSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, isAbsolute, join, resolve } from 'node:path'
import { didYouMean, nearestName } from '../../../model/did-you-mean.ts'
import { isInside, LIBRARY, type Project, realPath } from './project.ts'

export type Located =
  | {
      readonly kind: 'file'
      /** Without symbolic links: what tells files apart. */
      readonly real: string
      /** As messages name it. */
      readonly shown: string
    }
  | { readonly kind: 'nowhere'; readonly message: string; readonly hint?: string }

/** The file in which a `use:` stands. */
export interface From {
  readonly shown: string
  readonly folder: string
}

/** Of very large folders only so many files are offered. */
const MOST_NAMES = 1000

/**
 * The file that a `use:` names: of the library where it is a bare name, else a path relative to the file it stands in.
 * @param project what it must lie in; undefined: anywhere
 */
export function locate(written: string, from: From, project: Project | undefined): Located {
  return /^[^/.]+$/.test(written) ? inLibrary(written, from) : inProject(written, from, project)
}

function inLibrary(name: string, { folder }: From): Located {
  const path = join(LIBRARY, `${name}.yml`)
  if (isFile(path)) return { kind: 'file', real: realPath(path), shown: path }
  const names = playbooksIn(LIBRARY).map(file => file.replace(/\.yml$/, ''))
  const beside = playbooksIn(folder).find(file => file.replace(/\.ya?ml$/, '') === name)
  const hint =
    beside === undefined
      ? (didYouMean(name, names) ??
        `it has ${names.join(', ')}; a file of your own is written with its ".yml"`)
      : `for the file here write "use: ${beside}"`
  return { kind: 'nowhere', message: `drover's library has no "${name}"`, hint }
}

function inProject(written: string, from: From, project: Project | undefined): Located {
  const path = resolve(from.folder, written)
  const shown = isAbsolute(written) ? written : join(dirname(from.shown), written)
  try {
    const real = realpathSync(path)
    if (project !== undefined && !isInside(project.root, real) && !isInside(realPath(LIBRARY), real)) {
      return {
        kind: 'nowhere',
        message: `"${written}" lies outside of the project (${project.shown})`,
        hint: 'move it into the project, or allow it with --allow-outside',
      }
    }
    if (statSync(real).isDirectory()) return aFolder(written, real)
    return { kind: 'file', real, shown }
  } catch (error) {
    return missing(written, path, (error as NodeJS.ErrnoException).code)
  }
}

function aFolder(written: string, real: string): Located {
  const [first] = playbooksIn(real)
  return {
    kind: 'nowhere',
    message: `"${written}" is a folder, not a file`,
    ...(first === undefined ? {} : { hint: `name a file in it, as "${join(written, first)}"` }),
  }
}

/** What works with other tools, and why it does not here. */
const HABITS: readonly (readonly [form: RegExp, hint: string])[] = [
  [/^\w+:\/\//, 'drover loads nothing from the network: copy the file into the project'],
  [/^~/, 'a path is relative to the file it stands in: "~" is a name like any other'],
  [/\s\w+=/, 'what the file takes stands under "with:"'],
  [/[*?]/, 'name one file; it may use others'],
]

function missing(written: string, path: string, code: string | undefined): Located {
  if (code !== 'ENOENT' && code !== 'ENOTDIR') {
    const reason =
      code === 'EACCES' ? 'permission denied' : code === 'ELOOP' ? 'links lead back to themselves' : code
    return { kind: 'nowhere', message: `"${written}" cannot be read: ${reason}` }
  }
  const message = `"${written}" does not exist`
  const habit = HABITS.find(([form]) => form.test(written))?.[1]
  if (habit !== undefined) return { kind: 'nowhere', message, hint: habit }
  if (!isFolder(dirname(path))) return { kind: 'nowhere', message: `${message}, nor does its folder` }
  const names = playbooksIn(dirname(path))
  const same = names.find(name => name.replace(/\.ya?ml$/, '') === basename(path).replace(/\.ya?ml$/, ''))
  const near = same ?? nearestName(basename(path), names)
  if (near === undefined) return { kind: 'nowhere', message }
  return { kind: 'nowhere', message, hint: `did you mean "${join(dirname(written), near)}"?` }
}

function playbooksIn(folder: string): readonly string[] {
  try {
    const names = readdirSync(folder).filter(name => /\.ya?ml$/.test(name))
    return names.toSorted().slice(0, MOST_NAMES)
  } catch {
    return []
  }
}

const isFile = (path: string) => statSync(path, { throwIfNoEntry: false })?.isFile() === true
const isFolder = (path: string) => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
