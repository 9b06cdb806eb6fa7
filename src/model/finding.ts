import type { Failure } from './errors.ts'

/** What an action would meet on its host, found without changing anything. Paths of the host are absolute and real. */
export type Finding = RunFinding | PutFinding | GetFinding | Unseen

/** It could not be looked at, which says nothing about what would happen. */
export interface Unseen {
  readonly kind: 'unseen'
  readonly failure: Failure
}

export interface RunFinding {
  readonly kind: 'run'
  /** `runs`: nothing keeps the script from running. `held`: a guard does. `fails`: the step ends before its script. */
  readonly outlook: 'runs' | 'held' | 'fails'
  /** For `held`, as `what it creates is there`. */
  readonly note?: string
  /** For `fails`. */
  readonly failure?: Failure
  readonly reads: Reads
  /** Where its `writes` really lead, relative ones too; absent where it has none, or the host did not tell. */
  readonly writes?: RealWrites
}

export interface RealWrites {
  readonly globs: readonly string[]
  /** Symbolic links on the way there, and what they lead to. */
  readonly ways: readonly string[]
}

/** What an answer rests on. */
export interface Reads {
  /** Paths of which only the existence matters. */
  readonly exists: readonly string[]
  /** Paths that are read, with all below them; `anything` where the text of a guard does not tell. */
  readonly contents: readonly string[] | 'anything'
}

export interface PutFinding {
  readonly kind: 'put'
  readonly outlook: 'writes' | 'same' | 'fails'
  /** For `fails`. */
  readonly failure?: Failure
  /** What is there now, and of local files what would be sent, in one line; a saved plan's put compares it again before it touches anything. */
  readonly before: string
  /**
   * Every path that it would give a content, right already or not; of a tree with more than LIMITS.previewEntries, the
   * folder that it goes to.
   */
  readonly targets: readonly string[]
  /**
   * What decides where that is, besides the folders above it: symbolic links on the way, and what they lead to. Where it
   * fails for what is in its way, that. `unsure`: symbolic links inside of the tree lead elsewhere.
   */
  readonly ways?: readonly string[] | 'unsure'
  /** In the order of the source; at most LIMITS.previewEntries. */
  readonly changes: readonly EntryChange[]
  readonly counts: { readonly new: number; readonly changed: number; readonly same: number }
  /** Bytes that would be sent. */
  readonly bytes: number
  /** Folders above the target that are not there, the topmost first. */
  readonly missing: readonly string[]
  /** Why the step fails, before anything else, unless something makes the missing folders before. */
  readonly unlessMade?: Failure
  /** How it was compared, where the host lacks the usual tools. */
  readonly note?: string
}

/** A file, folder or link that a put would make or change. */
export interface EntryChange {
  readonly path: string
  readonly type: 'file' | 'folder' | 'link'
  /** `replaced`: what is there is of another type. */
  readonly change: 'new' | 'content' | 'attributes' | 'replaced'
  readonly before?: FileState
  readonly after: FileState
  /** For files whose content changes. */
  readonly diff?: Diff
}

export interface FileState {
  /** Bytes. */
  readonly size?: number
  /** Four octal digits. */
  readonly mode?: string
  /** A name as the action has it, or a number as the host has it. */
  readonly owner?: string
  readonly group?: string
  /** Of a symbolic link. */
  readonly target?: string
}

/** The hunks of a unified diff, without file names; or why there is none. */
export type Diff =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'none'; readonly because: 'binary' | 'size' | 'unreadable' | 'many' | 'secret' }

export interface GetFinding {
  readonly kind: 'get'
  readonly outlook: 'fetches' | 'fails'
  /** For `fails`. */
  readonly failure?: Failure
  readonly files: number
  readonly bytes: number
  /** What of it is here already. `overwritten` has absolute local paths, at most LIMITS.previewEntries. */
  readonly local: {
    readonly new: number
    readonly same: number
    readonly changed: number
    readonly overwritten: readonly string[]
  }
  /** What is here now, in one line; a saved plan's get compares it again. */
  readonly before: string
  /** What would be fetched. */
  readonly reads: readonly string[]
}
