import type { GitLook } from '../../model/git.ts'
import { type Problem, ProblemsError } from '../../model/problem.ts'
import { count } from '../../model/quantity.ts'

/** Of many dirty files so many are named. */
const NAMED = 10

/**
 * `--require-clean`: what is applied can be found again in git.
 * @throws ProblemsError `git_dirty` where something is not committed, `git` where that cannot be told
 */
export function requireClean(look: GitLook): void {
  if (look.kind === 'none')
    throw refused({ ...look.failure, message: `--require-clean: ${look.failure.message}` })
  const { commit, dirty, dirtyCount } = look.facts
  if (dirtyCount > 0) {
    const named = dirty.slice(0, NAMED)
    const more = dirtyCount - named.length
    const names = named.join(', ') + (more > 0 ? ` and ${more} more` : '')
    const verb = dirtyCount === 1 ? 'differs from what is' : 'differ from what is'
    throw refused({
      code: 'git_dirty',
      message: `${count(dirtyCount, 'file')} ${verb} committed: ${names}`,
      hint: 'commit or stash the changes, or leave out --require-clean',
    })
  }
  if (commit === undefined)
    throw refused({ code: 'git', message: '--require-clean: nothing is committed yet', hint: 'git commit' })
}

function refused(problem: Omit<Problem, 'severity'>): ProblemsError {
  return new ProblemsError([{ severity: 'error', ...problem }])
}
