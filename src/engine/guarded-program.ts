import type { NodeResult, Outcome } from '../model/outcome.ts'
import type { Judgement, Program, Rendered } from '../model/program.ts'
import { ownResult } from './results.ts'

/** A program whose exceptions, which are bugs, end the node that they are about. */
export class GuardedProgram implements Program {
  /** What `ended` threw: the program's own records are wrong, and the run cannot go on. */
  bug: Error | undefined
  readonly #program: Program

  constructor(program: Program) {
    this.#program = program
  }

  render(step: number, host: number): Rendered {
    try {
      return this.#program.render(step, host)
    } catch (error) {
      return { kind: 'result', result: failed(`rendering the action failed: ${String(error)}`) }
    }
  }

  judge(step: number, host: number, result: NodeResult, attempt: number): Judgement {
    try {
      return this.#program.judge(step, host, result, attempt)
    } catch (error) {
      const bug = failed(`judging the result failed: ${String(error)}`)
      return { kind: 'stands', result: result.outcome === 'unknown' ? { ...bug, outcome: 'unknown' } : bug }
    }
  }

  ended(step: number, host: number, outcome: Outcome, result: NodeResult | undefined): void {
    try {
      this.#program.ended(step, host, outcome, result)
    } catch (error) {
      this.bug ??= error instanceof Error ? error : new Error(String(error))
    }
  }
}

function failed(message: string): NodeResult {
  return ownResult('failed', { failure: { code: 'bug', message } })
}
