import type { Become } from '../../model/action.ts'
import type { Failure } from '../../model/errors.ts'
import type { Finding } from '../../model/finding.ts'

/** What is asked of a host for one action, in one program together with other questions. */
export interface Question {
  readonly become: Become | undefined
  /**
   * `login`: in the surroundings that a step's script has. `script`: in those of the scripts of put and get, after
   * `functions`, texts that questions share; `fail` ends the question, and what tools say on stderr is content too.
   */
  readonly place: 'login' | 'script'
  readonly functions: readonly string[]
  /** Shell text, run in a subshell. `mark` begins the program's records. */
  readonly text: (mark: string) => string
  readonly record: (word: string, rest: string) => void
  readonly content: (chunk: Buffer) => void
  /** How long it may take on the host. */
  readonly timeoutMs: number
  /** What it is busy with on the host, as `its unless`. */
  readonly busyWith: () => string
  /** Called when its part of the program has ended. */
  readonly answer: () => Promise<Finding | Question>
}

export function unseen(failure: Failure): Finding {
  return { kind: 'unseen', failure }
}

export function isQuestion(either: Finding | Question): either is Question {
  return 'text' in either
}
