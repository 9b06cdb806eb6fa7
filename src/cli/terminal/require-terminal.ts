import { type Problem, ProblemsError } from '../../model/problem.ts'
import type { CliContext } from '../context.ts'

/** @throws ProblemsError where nobody can be asked */
export function requireTerminal({ stdin, stderr }: CliContext): void {
  if (stdin.isTTY === true && stderr.isTTY === true) return
  const problem: Problem = {
    code: 'approval',
    severity: 'error',
    message: 'apply asks before it changes anything, and there is no terminal to ask on',
    hint: 'approve it with --yes, or apply a saved plan: drover plan PLAYBOOK --out plan.json',
  }
  throw new ProblemsError([problem])
}
