import type { BecomeMethod } from './playbook.ts'

/**
 * What a node does, fully rendered and serialisable. Preview, saved plans and workers all take the same one.
 * `timeoutMs` bounds the step on the host, from the moment it is sent.
 */
export type Action = RunAction | PutAction | GetAction

/** What a worker is given to do on a host. */
export type Task = Action | ProbeAction

/** Looks at what actions would do and changes nothing; the result has a finding for each item, in their order. */
export interface ProbeAction {
  readonly kind: 'probe'
  readonly items: readonly Action[]
  /** Whether the differences of texts are wanted. */
  readonly diffs: boolean
  readonly timeoutMs: number
}

/**
 * Where a secret is inserted into a text of an action before it is sent: the text shows a reference to it there, from
 * `start` to `end` in UTF-16 units. Slots of a text are in its order.
 */
export interface SecretSlot {
  readonly in: 'env' | 'stdin' | 'content'
  /** Of `env`: the variable. */
  readonly variable?: string
  readonly secret: string
  readonly start: number
  readonly end: number
}

export interface RunAction {
  readonly kind: 'run'
  /** Shell text, run under `set -e`. */
  readonly script: string
  /** The shell that runs `script`; absent: `/bin/sh`. */
  readonly shell?: string
  readonly cwd?: string
  readonly env: readonly (readonly [name: string, value: string])[]
  /** Text for the command's standard input; absent: empty input. */
  readonly stdin?: string
  /** All of these remote paths exist: the step is `ok` and does not run. */
  readonly creates: readonly string[]
  /** None of these remote paths exists: the step is `ok` and does not run. */
  readonly removes: readonly string[]
  /** Shell text for `/bin/sh`: when it succeeds, the step is `ok` and does not run. */
  readonly unless?: string
  /** Shell text for `/bin/sh`: when it fails, the step is `ok` and does not run. */
  readonly onlyIf?: string
  readonly readOnly: boolean
  /** Remote globs; absent: it may write anything. */
  readonly writes?: readonly string[]
  /** It may run twice, so it is sent again where nobody knows whether it has run. */
  readonly idempotent?: true
  /** Its processes are left alone when it is stopped, or the link breaks. */
  readonly detach?: true
  /** The link goes down with the command; the step ends when the host answers again, within `timeoutMs`. */
  readonly reconnect?: true
  /** As it was planned: whether the script runs or a guard holds. If that is no longer so, the step is refused. */
  readonly planned?: 'runs' | 'held'
  /** The plan was applied before: that a guard holds by now is no drift. */
  readonly again?: true
  readonly become?: Become
  /** Absent: none. */
  readonly secrets?: readonly SecretSlot[]
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
  /** What was there, and here, when it was planned (`PutFinding.before`). If that is no longer so, the step is refused. */
  readonly planned?: string
  /** The plan was applied before: what is already as this makes it is no drift. */
  readonly again?: true
  readonly become?: Become
  /** Absent: none. Of a content with secrets neither differences nor digests are told. */
  readonly secrets?: readonly SecretSlot[]
  readonly timeoutMs: number
}

export interface GetAction {
  readonly kind: 'get'
  /** A remote file, folder or glob. */
  readonly src: string
  /** The absolute local folder of this host, `…/dest/<host>`: nothing is written outside it. */
  readonly dest: string
  /** What was here when it was planned (`GetFinding.before`). If that is no longer so, the step is refused. */
  readonly planned?: string
  /** The plan was applied before: what is already as this makes it is no drift. */
  readonly again?: true
  readonly become?: Become
  readonly timeoutMs: number
}

/** As whom a step acts. The password is not here: it belongs to the host's connection. */
export interface Become {
  readonly method: BecomeMethod
  readonly user: string
}
