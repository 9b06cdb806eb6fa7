import type { Failure } from '../model/errors.ts'
import type { GitLook } from '../model/git.ts'
import type { GitAnswer } from './run-git.ts'

export type NoGit = GitLook & { readonly kind: 'none' }

/** Why nothing is known of a repository, from what git answered. */
export function refusalOf(answer: GitAnswer, folder: string): NoGit {
  switch (answer.kind) {
    case 'missing':
      return noGit('no git', 'git cannot be run', 'install git, or put it on the PATH')
    case 'late':
      return noGit('time', `git took too long to look at ${folder}`)
    case 'cut':
      return noGit('failed', `git wrote too much about ${folder}`)
    case 'ended':
      return refusalIn(answer.stderr, folder)
  }
}

function refusalIn(stderr: string, folder: string): NoGit {
  const owned = /dubious ownership in repository at '(.*)'/.exec(stderr)
  if (owned !== null) {
    const root = owned[1] ?? folder
    const message = `git does not trust ${root}: it belongs to another user`
    return noGit('not trusted', message, `if you do: git config --global --add safe.directory ${root}`)
  }
  if (/not a git repository|must be run in a work tree/.test(stderr))
    return noGit('no repository', `${folder} is in no git repository`)
  return noGit('failed', `git: ${complaintIn(stderr)}`)
}

/** The last thing that git said, in one line, without the words that begin it. */
export function complaintIn(stderr: string): string {
  const lines = stderr.split('\n').filter(line => /^(?:fatal|error): /.test(line))
  const line = lines.at(-1) ?? stderr.trim().split('\n')[0] ?? ''
  return line.replace(/^(?:fatal|error): /, '').slice(0, 500) || 'it failed without saying why'
}

export function noGit(because: NoGit['because'], message: string, hint?: string): NoGit {
  const failure: Failure = { code: 'git', message, ...(hint === undefined ? {} : { hint }) }
  return { kind: 'none', because, failure }
}
