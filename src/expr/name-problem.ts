import type { SourceRange } from '@marcbachmann/cel-js'
import type { CelProblem } from './cel-problem.ts'

/** A name that means nothing where it stands. */
export function nameProblem(
  message: string,
  hint: string | undefined,
  range: SourceRange | undefined,
): CelProblem {
  return {
    code: 'expression_name',
    message,
    ...(hint === undefined ? {} : { hint }),
    ...(range === undefined ? {} : { range }),
  }
}
