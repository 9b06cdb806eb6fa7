import { commitOf, mergeBaseOf } from '../../git/commit-of.ts'
import type { Repository } from '../../git/repository.ts'
import { known } from '../inputs/revision.ts'

/** One side of a comparison. */
export interface Revision {
  /** As the user named it. */
  readonly name: string
  /** Absent: the work tree, as it is now. */
  readonly commit?: string
}

const WORK_TREE: Revision = { name: 'the work tree' }

/**
 * What two revisions are meant, as git writes them: `A..B`; `A...B` from where B left A; `A` against the work tree.
 * A side that is left out is HEAD. Each is resolved once.
 * @throws ProblemsError where there is no such commit
 */
export async function resolveRange(
  repository: Repository,
  range: string,
): Promise<{ readonly before: Revision; readonly after: Revision }> {
  // No name of a branch or a tag holds two dots.
  const [, left, dots, right] = /^(.*?)(\.{2,3})(.*)$/s.exec(range) ?? []
  const at = async (name: string): Promise<Required<Revision>> => ({
    name,
    commit: known(await commitOf(repository, name)),
  })
  if (left === undefined || right === undefined) return { before: await at(range), after: WORK_TREE }
  const [before, after] = [await at(left || 'HEAD'), await at(right || 'HEAD')]
  if (dots === '..') return { before, after }
  const commit = known(await mergeBaseOf(repository, before.commit, after.commit))
  return { before: { name: `${before.name}...${after.name}`, commit }, after }
}
