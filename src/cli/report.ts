import { inspect } from 'node:util'
import { ERRORS, EXIT, type ExitStatus, worstStatus } from '../model/errors.ts'
import type { Plan } from '../model/plan.ts'
import { type Problem, ProblemsError } from '../model/problem.ts'
import { escapeText } from '../render/escape.ts'
import { leftOut } from '../render/left-out.ts'
import { wrapText } from '../render/wrap.ts'
import type { CliContext } from './context.ts'
import { type ColorOption, wantsColor } from './options/color.ts'
import { UsageError } from './usage.ts'

/** Tells on stderr why a verb ended without doing its work, and which status that means. */
export async function reportError(
  context: CliContext,
  error: unknown,
  color: ColorOption = 'auto',
): Promise<ExitStatus> {
  if (error instanceof UsageError) {
    context.stderr.write(`${context.program}: ${escapeText(context.secrets.mask(error.message))}\n`)
    context.stderr.write(`${error.command ?? context.program} --help tells what it takes\n`)
    return EXIT.invalid
  }
  if (error instanceof ProblemsError) {
    const { renderProblems } = await import('../render/problems.ts')
    const text = renderProblems(error.problems, {
      color: wantsColor(context, context.stderr, color),
      format: 'text',
    })
    context.stderr.write(context.secrets.mask(text))
    return worstStatus(
      error.problems.filter(p => p.severity === 'error').map(problem => ERRORS[problem.code]),
    )
  }
  return reportBug(context, error)
}

/** Tells at once what nobody can have expected. */
export function reportBug(context: CliContext, error: unknown): ExitStatus {
  const told = escapeText(context.secrets.mask(inspect(error)), 'lines')
  context.stderr.write(`${context.program}: this is a bug in drover, please report it\n${told}\n`)
  return EXIT.bug
}

/** Tells what Node warns of. */
export function tellNodesWarning({ stderr, secrets }: CliContext, { name, message }: Error): void {
  stderr.write(`(node:${process.pid}) ${escapeText(secrets.mask(`${name}: ${message}`))}\n`)
}

/** Tells on stderr what is not an error, but should be known. */
export async function tellWarnings(
  context: CliContext,
  warnings: readonly Problem[],
  color: ColorOption,
): Promise<void> {
  if (warnings.length === 0) return
  const { renderProblems } = await import('../render/problems.ts')
  const colored = wantsColor(context, context.stderr, color)
  context.stderr.write(context.secrets.mask(renderProblems(warnings, { color: colored, format: 'text' })))
}

/** Names the steps that options leave without hosts: once, before anything runs. */
export function tellLeftOut({ stderr }: CliContext, plan: Plan): void {
  const columns = stderr.columns ?? Number.POSITIVE_INFINITY
  for (const line of leftOut(plan).flatMap(text => wrapText(escapeText(text), columns)))
    stderr.write(`${line}\n`)
}
