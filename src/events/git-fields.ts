import type { GitFacts } from '../model/git.ts'

/** What is recorded of a repository, in the spelling of all JSON that drover writes. */
export function gitFields({ commit, branch, dirty, dirtyCount, remote }: GitFacts) {
  return { commit, branch, dirty, dirty_count: dirtyCount, remote }
}
