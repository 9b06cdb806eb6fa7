import type { ErrorCode } from './errors.ts'

/** A place in a file. Lines and columns count from 1; a column counts UTF-16 units. */
export interface Where {
  readonly file: string
  readonly line: number
  readonly col: number
  /** How many columns the caret marks; 1 when absent. */
  readonly length?: number
  /** The source line itself, for the code frame. */
  readonly source?: string
}

/** Something wrong with what a user wrote, as data: renderers make words of it. */
export interface Problem {
  readonly code: ErrorCode
  readonly severity: 'error' | 'warning'
  /** What is wrong, one sentence, no full stop at the end. */
  readonly message: string
  readonly where?: Where
  /** What to do about it, for instance `did you mean "upload"?`. */
  readonly hint?: string
}

/** Ends a verb before any host is touched: all problems that were found, never just the first. */
export class ProblemsError extends Error {
  readonly problems: readonly Problem[]

  constructor(problems: readonly Problem[]) {
    super(problems.map(problem => problem.message).join('\n'))
    this.name = 'ProblemsError'
    this.problems = problems
  }
}
