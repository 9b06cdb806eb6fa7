import { LIMITS } from '../model/limits.ts'
import { withoutFilters } from './read-config.ts'
import { complaintIn, type NoGit, noGit, refusalOf } from './refusal.ts'
import type { Repository } from './repository.ts'
import { type GitOptions, runGit } from './run-git.ts'

/**
 * Writes the files of a commit into an empty folder, with an index of its own: work tree, index and refs of the
 * repository are not touched. Filters that only the repository itself sets are not run.
 */
export async function writeTree(
  repository: Repository,
  commit: string,
  { tree, index }: { readonly tree: string; readonly index: string },
): Promise<NoGit | undefined> {
  const options: GitOptions = {
    folder: tree,
    ms: LIMITS.gitCheckoutMs,
    // With the new folder for its work tree, git takes .gitattributes from the commit and not from what lies about.
    env: { GIT_DIR: repository.gitDir, GIT_WORK_TREE: tree, GIT_INDEX_FILE: index },
    config: [
      ...['core.splitIndex=false', 'core.sparseCheckout=false'],
      ...withoutFilters(repository.config, true),
    ],
  }
  for (const args of [
    ['read-tree', commit],
    ['checkout-index', '--all', '--quiet'],
  ]) {
    const answer = await runGit(args, options)
    if (answer.kind !== 'ended') return refusalOf(answer, repository.root)
    if (answer.code !== 0) return whyNot(answer.stderr, repository, commit)
  }
  return undefined
}

function whyNot(stderr: string, { config }: Repository, commit: string): NoGit {
  const what = `the files of ${commit.slice(0, 12)} cannot be had`
  const filter = config.ownFilters.find(name => /filter .*failed/.test(stderr) && stderr.includes(name))
  if (filter !== undefined) {
    const message = `${what}: they need the filter "${filter}", which only the repository itself sets`
    return noGit('failed', message, `if you trust its program, set filter.${filter} in ~/.gitconfig`)
  }
  const isPartial = /promisor|not allowed|unable to read/.test(stderr)
  const hint = isPartial ? 'the clone lacks objects: git fetch --refetch --no-filter gets them' : undefined
  return noGit('failed', `${what}: ${complaintIn(stderr)}`, hint)
}
