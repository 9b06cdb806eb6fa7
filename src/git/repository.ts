import { realpathSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { type GitConfig, readConfig } from './read-config.ts'
import { type NoGit, noGit, refusalOf } from './refusal.ts'
import { type GitOptions, runGit } from './run-git.ts'

/** A repository with a work tree, found from a path in it. */
export interface Repository {
  readonly kind: 'repository'
  /** The top of the work tree, without symbolic links. */
  readonly root: string
  /** Absolute. */
  readonly gitDir: string
  readonly isShallow: boolean
  readonly config: GitConfig
}

/**
 * The repository that a path lies in, which need not be there now: it may be in another revision.
 * @param path absolute
 */
export async function openRepository(path: string): Promise<Repository | NoGit> {
  const folder = nearestFolder(dirname(path))
  const config = await readConfig(folder)
  if ('kind' in config) return config
  const questions = ['--show-toplevel', '--absolute-git-dir', '--is-shallow-repository']
  const lines = await linesOf(['rev-parse', ...questions], { folder })
  if ('kind' in lines) return lines
  const [root = '', gitDir = '', shallow] = lines
  if (lines.length !== 3 || !root.startsWith('/') || !gitDir.startsWith('/'))
    return noGit('failed', `git does not tell where the repository of ${folder} is`)
  return { kind: 'repository', root, gitDir, isShallow: shallow === 'true', config }
}

/** The lines that git writes where all goes well. */
export async function linesOf(
  args: readonly string[],
  options: GitOptions,
): Promise<readonly string[] | NoGit> {
  const answer = await runGit(args, options)
  if (answer.kind !== 'ended' || answer.code !== 0) return refusalOf(answer, options.folder)
  return answer.stdout.split('\n').slice(0, -1)
}

/** The folder itself, or the nearest one above that is there now. */
export function nearestFolder(folder: string): string {
  for (let at = folder; ; at = dirname(at))
    if (dirname(at) === at || statSync(at, { throwIfNoEntry: false })?.isDirectory()) return at
}

/** Without symbolic links, as far as the path is there now. */
export function realPathOf(path: string): string {
  const there = nearestFolder(path)
  return realpathSync(there).replace(/\/$/, '') + path.slice(there === '/' ? 0 : there.length)
}
