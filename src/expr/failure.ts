import type { CelProblem } from './cel-problem.ts'

/** Why an expression has no value, on its way through the CEL library out of a view. */
export class ExpressionFailure extends Error {
  readonly problem: CelProblem

  constructor(problem: CelProblem) {
    super(problem.message)
    this.name = 'ExpressionFailure'
    this.problem = problem
  }
}

/** A value that `default(…)` stands in for. */
export class MissingValue extends Error {
  /** As `steps.a.stdout`. */
  readonly what: string
  /** The end of a sentence, as `the step did not run`. */
  readonly reason: string | undefined

  constructor(what: string, reason?: string) {
    super(`${what} has no value`)
    this.name = 'MissingValue'
    this.what = what
    this.reason = reason
  }
}

/** What a name stands for is not known before the run. */
export function notYetKnown(name: string): ExpressionFailure {
  return unknownValue(`${name} is only known during the run`)
}

/** There is a value, and it is not known yet: what logic does not depend on it has a value all the same. */
export function unknownValue(message: string): ExpressionFailure {
  return new ExpressionFailure({ code: 'expression_value', message, unknown: true })
}

export function valueFailure(message: string, hint?: string): ExpressionFailure {
  return new ExpressionFailure({
    code: 'expression_value',
    message,
    ...(hint === undefined ? {} : { hint }),
  })
}
