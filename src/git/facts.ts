import { dirname } from 'node:path'
import type { GitLook } from '../model/git.ts'
import { parseStatus } from './parse-status.ts'
import { readConfig, remoteOf, withoutFilters } from './read-config.ts'
import { refusalOf } from './refusal.ts'
import { runGit } from './run-git.ts'

const STATUS = [
  ...['status', '--porcelain=v2', '--branch', '-z', '--untracked-files=normal'],
  ...['--no-renames', '--no-ahead-behind', '--ignore-submodules=dirty'],
]

/**
 * What git knows of the repository that a file lies in. Never rejects; where nothing is known, the answer says why.
 * Inside of submodules nothing is looked at: only that they are at another commit counts.
 * @param path absolute
 */
export async function gitFactsOf(path: string): Promise<GitLook> {
  const folder = dirname(path)
  const config = await readConfig(folder)
  if ('kind' in config) return config
  const answer = await runGit(STATUS, {
    folder,
    config: ['status.relativePaths=false', ...withoutFilters(config, false)],
  })
  if (answer.kind !== 'cut' && (answer.kind !== 'ended' || answer.code !== 0))
    return refusalOf(answer, folder)
  const facts = parseStatus(answer.stdout)
  const remote = remoteOf(config, facts.branch)
  return { kind: 'facts', facts: { ...facts, ...(remote === undefined ? {} : { remote }) } }
}
