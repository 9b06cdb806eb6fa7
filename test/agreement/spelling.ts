import type { Dice } from './dice.ts'

/** What decides how a step may name a path of its host. */
export interface Setting {
  /** The expression for the absolute path of the host's home folder. */
  readonly home: string
  /** The step acts as root, whose home is another one. */
  readonly root: boolean
  /** Another host carries it out: paths of the own host's home mean nothing there. */
  readonly delegated: boolean
  /** The folder that a command starts in, relative to the home folder; empty: that itself. */
  readonly cwd: string
}

/** One of the ways to name a path below the home folder. */
export function spelled(dice: Dice, path: string, { home, root, delegated, cwd }: Setting): string {
  const winding = dice.chance(85) ? path : wound(dice, path)
  const absolute = `${home}/${winding}`
  if (root) return absolute
  const relative = relativeTo(cwd, path, winding)
  const forms = [`~/${winding}`, ...(relative === undefined ? [] : [relative, `./${relative}`])]
  return dice.pick(delegated ? forms : [absolute, absolute, ...forms])
}

function relativeTo(cwd: string, path: string, winding: string): string | undefined {
  if (cwd === '') return winding
  if (path.startsWith(`${cwd}/`)) return path.slice(cwd.length + 1)
  return cwd.includes('/') ? undefined : `../${winding}`
}

function wound(dice: Dice, path: string): string {
  const slash = path.indexOf('/')
  if (slash === -1) return dice.pick([`./${path}`, `f/../${path}`])
  const [folder, rest] = [path.slice(0, slash), path.slice(slash + 1)]
  return dice.pick([`${folder}//${rest}`, `${folder}/./${rest}`, `${folder}/../${folder}/${rest}`])
}

/** Half of the time a path that few steps have to do with, where nothing is odd. */
export function somePath(dice: Dice, paths: readonly string[]): string {
  return dice.chance(50) ? `w/p${dice.int(7)}` : dice.pick(paths)
}

export const PATHS = [
  ...['a', 'b', 'd', 'd/x', 'd/y', 'd/new', 'd/e', 'd/e/z', 'f', 'f/x', 'f/z', 'l', 'l/x', 'l/y', 'l/new'],
  ...['k', 'k/x', 'k/z', 'n', 'n/m', 'n/m/o', 'w/1', 'w/2', 'w/s/3', 'w/new', 'site', 'site/index'],
  ...['site/css', 'site/css/main', 'site/lnk/main', 'site/away/x', 'k1', 'k1/x'],
] as const

/** Paths that commands write: through links only that nothing but a step that may write anything changes. */
export const WRITTEN_PATHS = [
  ...['a', 'b', 'd/x', 'd/y', 'd/new', 'd/e/z', 'f/z', 'l/x', 'l/new', 'n/m/o', 'w/1', 'w/2', 'w/s/3'],
  ...['w/new', 'site/index', 'k/z', 'd/n/q'],
] as const

/** Folders that commands start in. */
export const CWDS = ['d', 'l', 'f', 'w', 'a', 'nodir', 'd/e'] as const
