import { join } from 'node:path'
import { type NoGit, refusalOf } from './refusal.ts'
import type { Repository } from './repository.ts'
import { runGit } from './run-git.ts'

/** All files of the work tree that git does not ignore, absolute and without symbolic links. */
export async function filesInGit({ root }: Repository): Promise<ReadonlySet<string> | NoGit> {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard']
  const answer = await runGit(args, { folder: root })
  if (answer.kind !== 'ended' || answer.code !== 0) return refusalOf(answer, root)
  return new Set(
    answer.stdout
      .split('\0')
      .slice(0, -1)
      .map(name => join(root, name)),
  )
}
