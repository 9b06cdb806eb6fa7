import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { GitFacts } from '../model/git.ts'
import { remoteOf } from './read-config.ts'
import type { NoGit } from './refusal.ts'
import type { Repository } from './repository.ts'
import { runGit } from './run-git.ts'
import { type TreePaths, treePaths } from './tree-paths.ts'
import { writeTree } from './write-tree.ts'

/** The files of a commit in a private temporary folder, until `close`, or until the process ends. */
export interface Checkout extends TreePaths {
  readonly kind: 'checkout'
  readonly commit: string
  /** What a run that takes its files from here records. */
  readonly facts: GitFacts
  /** Folders that the commit takes from other repositories: they are empty here. */
  readonly submodules: readonly string[]
  close(): Promise<void>
}

/**
 * Writes out all files of a commit, as git would check them out.
 * @param from a path in the repository as the user sees it, which tells how it is reached
 */
export async function checkOut(
  repository: Repository,
  commit: string,
  from: string,
): Promise<Checkout | NoGit> {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'drover-rev-'))
  const discard = () => rmSync(folder, REMOVE)
  process.on('exit', discard)
  const close = async () => {
    await rm(folder, REMOVE)
    process.off('exit', discard)
  }
  try {
    const tree = join(folder, 'tree')
    mkdirSync(tree)
    const refusal = await writeTree(repository, commit, { tree, index: join(folder, 'index') })
    if (refusal !== undefined) {
      await close()
      return refusal
    }
    const remote = remoteOf(repository.config)
    return {
      ...treePaths(repository.root, from, tree),
      kind: 'checkout',
      commit,
      facts: { commit, dirty: [], dirtyCount: 0, ...(remote === undefined ? {} : { remote }) },
      submodules: await submodulesIn(tree),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** A git that was killed a moment ago may still have made a file. */
const REMOVE = { recursive: true, force: true, maxRetries: 5, retryDelay: 20 } as const

async function submodulesIn(tree: string): Promise<readonly string[]> {
  const file = join(tree, '.gitmodules')
  if (!existsSync(file)) return []
  const args = ['config', '--file', file, '--null', '--get-regexp', '^submodule\\..*\\.path$']
  const answer = await runGit(args, { folder: '/' })
  if (answer.kind !== 'ended' || answer.code !== 0) return []
  const settings = answer.stdout.split('\0').slice(0, -1)
  return settings.map(setting => setting.slice(setting.indexOf('\n') + 1))
}
