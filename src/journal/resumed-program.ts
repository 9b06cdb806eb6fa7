import type { Action } from '../model/action.ts'
import { NO_OUTPUT, type NodeResult, type Outcome } from '../model/outcome.ts'
import type { Plan } from '../model/plan.ts'
import type { Judgement, Program, Rendered } from '../model/program.ts'
import { isFinished, isUnknown, type Past, type UnknownChoice, wasPassedOver } from './past.ts'

export interface ResumeOptions {
  readonly plan: Plan
  readonly past: Past
  /** What is to be done about nodes of which nobody knows how they ended. */
  readonly unknown: UnknownChoice
  /** The output of nodes that are done, where somebody may ask for it; undefined where it is not whole. */
  readonly outputOf: (step: number, host: number) => Pick<NodeResult, 'stdout' | 'stderr'> | undefined
  /**
   * The inputs have changed: whether what a node would do now is what it did. Absent: they are the same, and nothing
   * need be asked.
   */
  readonly didSame?: (step: number, host: number, action: Action) => boolean
}

/** A program of which a part is done: nodes that are have their results again, and go nowhere. */
export function resumedProgram(program: Program, options: ResumeOptions): Program {
  return new ResumedProgram(program, options)
}

class ResumedProgram implements Program {
  readonly #program: Program
  readonly #options: ResumeOptions

  constructor(program: Program, options: ResumeOptions) {
    this.#program = program
    this.#options = options
  }

  render(step: number, host: number): Rendered {
    const { past, plan, unknown, didSame } = this.#options
    if (plan.steps[step]!.hidden) return this.#isIdle(host) ? nothingToDo() : this.#program.render(step, host)
    const record = past.of(step, host)
    if (record === undefined) return this.#program.render(step, host)
    if (isUnknown(record) && unknown === 'skip') return leftAsItIs()
    if (!past.isDone(step, host) || this.#mustRunAgain(step, host)) return this.#program.render(step, host)
    if (didSame === undefined)
      return wasPassedOver(record) ? this.#weighedAgain(step, host) : this.#before(step, host)
    const rendered = this.#program.render(step, host)
    const isSame = rendered.kind === 'action' && isFinished(record) && didSame(step, host, rendered.action)
    return isSame || rendered.kind === 'pause' ? this.#before(step, host) : rendered
  }

  judge(step: number, host: number, result: NodeResult, attempt: number): Judgement {
    return this.#program.judge(step, host, result, attempt)
  }

  ended(step: number, host: number, outcome: Outcome, result: NodeResult | undefined): void {
    this.#program.ended(step, host, outcome, result)
  }

  /** What it printed is needed and not whole any more; reading once more does no harm. */
  #mustRunAgain(step: number, host: number): boolean {
    const { plan, outputOf } = this.#options
    const { action } = plan.steps[step]!
    if (action.kind !== 'run') return false
    const { readOnly, creates, removes, unless, onlyIf } = action
    const isHarmless =
      readOnly || creates.length > 0 || removes.length > 0 || unless !== undefined || onlyIf !== undefined
    return isHarmless && outputOf(step, host) === undefined
  }

  /** A condition may ask for a step that failed then, and did not now. */
  #weighedAgain(step: number, host: number): Rendered {
    const rendered = this.#program.render(step, host)
    return rendered.kind === 'result' ? this.#before(step, host) : rendered
  }

  #before(step: number, host: number): Rendered {
    const { past, outputOf } = this.#options
    const { outcome = 'ok', result } = past.of(step, host) ?? {}
    const known = result ?? { stdout: NO_OUTPUT, stderr: NO_OUTPUT, durationMs: 0 }
    return {
      kind: 'result',
      result: { ...known, ...(outputOf(step, host) ?? withoutOutput(known)), outcome, earlier: true },
    }
  }

  /** Facts are gathered again, but not for a host that has nothing left to do. */
  #isIdle(host: number): boolean {
    const { plan, past, didSame } = this.#options
    if (didSame !== undefined) return false
    const isOver = (step: number) => {
      const record = past.of(step, host)
      return past.isDone(step, host) && record !== undefined && !wasPassedOver(record)
    }
    return plan.steps.every(
      ({ index, targets, hidden }) => hidden || !targets.includes(host) || isOver(index),
    )
  }
}

/** Whoever uses it is told that it is not whole. */
function withoutOutput({ stdout, stderr }: Pick<NodeResult, 'stdout' | 'stderr'>) {
  return {
    stdout: { ...stdout, truncated: stdout.bytes > 0 },
    stderr: { ...stderr, truncated: stderr.bytes > 0 },
  }
}

function nothingToDo(): Rendered {
  const result: NodeResult = {
    outcome: 'ok',
    stdout: NO_OUTPUT,
    stderr: NO_OUTPUT,
    durationMs: 0,
    earlier: true,
  }
  return { kind: 'result', result }
}

function leftAsItIs(): Rendered {
  const note = 'it may have run; left as it is'
  return {
    kind: 'result',
    result: { outcome: 'skipped', stdout: NO_OUTPUT, stderr: NO_OUTPUT, durationMs: 0, note },
  }
}
