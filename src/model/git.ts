import type { Failure } from './errors.ts'

/** What git knows of the repository that a playbook lies in. */
export interface GitFacts {
  /** The full hash; absent before the first commit. */
  readonly commit?: string
  /** Absent where HEAD is detached. */
  readonly branch?: string
  /**
   * Tracked files that differ from the commit, and untracked ones that are not ignored (a folder of nothing else as
   * `folder/`): relative to the repository's root, at most LIMITS.gitDirty of them.
   */
  readonly dirty: readonly string[]
  readonly dirtyCount: number
  /** The one that the branch's upstream is of; else `origin`, or the only one. */
  readonly remote?: GitRemote
}

export interface GitRemote {
  readonly name: string
  /** Without user, password and query. */
  readonly url: string
}

/** What a look at a repository gave. That there is none is no error by itself. */
export type GitLook =
  | { readonly kind: 'facts'; readonly facts: GitFacts }
  | {
      readonly kind: 'none'
      readonly because: 'no git' | 'no repository' | 'not trusted' | 'time' | 'failed'
      /** For those who asked for git. */
      readonly failure: Failure
    }
