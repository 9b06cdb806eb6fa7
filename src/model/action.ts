/**
 * What a node does, fully rendered and serialisable. Preview, saved plans and workers all take the same one.
 * `timeoutMs` bounds the step on the host, from the moment it is sent.
 */
export type Action = RunAction | PutAction | GetAction

export interface RunAction {
  readonly kind: 'run'
  /** Shell text for `/bin/sh`, run under `set -e`. */
  readonly script: string
  readonly cwd?: string
  readonly env: readonly (readonly [name: string, value: string])[]
  /** Text for the command's standard input; absent: empty input. */
  readonly stdin?: string
  /** All of these remote paths exist: the step is `ok` and does not run. */
  readonly creates: readonly string[]
  /** None of these remote paths exists: the step is `ok` and does not run. */
  readonly removes: readonly string[]
  readonly readOnly: boolean
  readonly timeoutMs: number
}

export interface PutAction {
  readonly kind: 'put'
  /** `src`: an absolute local file, folder or glob. `content`: the text itself, UTF-8. */
  readonly source: { readonly kind: 'src' | 'content'; readonly text: string }
  /** A remote path; with a trailing slash, or where a folder is: inside it. */
  readonly dest: string
  /** Octal digits. Absent: what is there stays, a new file gets 0644 (folder 0755). */
  readonly mode?: string
  readonly owner?: string
  readonly group?: string
  /** Make missing parent folders. */
  readonly parents: boolean
  readonly timeoutMs: number
}

export interface GetAction {
  readonly kind: 'get'
  /** A remote file, folder or glob. */
  readonly src: string
  /** The absolute local folder of this host, `…/dest/<host>`: nothing is written outside it. */
  readonly dest: string
  readonly timeoutMs: number
}
