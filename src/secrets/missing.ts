import { type Problem, ProblemsError } from '../model/problem.ts'

/** Why a secret cannot be had. */
export function missing(message: string, hint?: string): ProblemsError {
  const problem: Problem = { code: 'secret_missing', severity: 'error', message }
  return new ProblemsError([hint === undefined ? problem : { ...problem, hint }])
}
