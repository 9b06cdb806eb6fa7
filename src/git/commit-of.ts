import { type NoGit, noGit } from './refusal.ts'
import { linesOf, type Repository } from './repository.ts'

/**
 * The commit that a revision names now, as its full hash; everything after goes by that. What looks like an option is
 * none (git-rev-parse(1), "--end-of-options"), and no revision begins like one.
 */
export async function commitOf(repository: Repository, rev: string): Promise<string | NoGit> {
  const { root, isShallow } = repository
  const refused = (hint?: string) => noGit('failed', `the repository has no commit "${rev}"`, hint)
  if (rev === '' || rev.startsWith('-') || rev.includes('\0')) return refused()
  const lines = await linesOf(['rev-parse', '--verify', '--quiet', '--end-of-options', `${rev}^{commit}`], {
    folder: root,
  })
  if ('kind' in lines)
    return lines.because === 'failed'
      ? refused(isShallow ? SHALLOW : 'git branch -a and git tag list what there is')
      : lines
  const [commit = ''] = lines
  return HASH.test(commit) ? commit : refused()
}

/** The commit from which two have both come. */
export async function mergeBaseOf(repository: Repository, a: string, b: string): Promise<string | NoGit> {
  const { root, isShallow } = repository
  const lines = await linesOf(['merge-base', a, b], { folder: root })
  if (!('kind' in lines) && HASH.test(lines[0] ?? '')) return lines[0] ?? ''
  if ('kind' in lines && lines.because !== 'failed') return lines
  const message = `${a.slice(0, 12)} and ${b.slice(0, 12)} have no commit in common`
  return noGit('failed', message, isShallow ? SHALLOW : undefined)
}

const SHALLOW =
  'the clone is shallow: git fetch --unshallow gets the rest (in GitHub Actions: fetch-depth: 0)'

const HASH = /^[0-9a-f]{40,64}$/
