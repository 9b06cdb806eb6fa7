import { createInterface } from 'node:readline/promises'
import type { UnknownChoice, UnknownNode } from '../../journal/past.ts'
import type { Plan } from '../../model/plan.ts'
import { ProblemsError } from '../../model/problem.ts'
import { count } from '../../model/quantity.ts'
import { escapeText } from '../../render/escape.ts'
import type { CliContext } from '../context.ts'
import { forgetTyped } from '../terminal/forget-typed.ts'

/**
 * What to do about nodes that may or may not have run: as options say, or as a person does.
 * @throws ProblemsError where nobody says
 */
export async function chooseUnknown(
  context: CliContext,
  plan: Plan,
  nodes: readonly UnknownNode[],
  {
    rerunUnknown,
    skipUnknown,
  }: { readonly rerunUnknown?: true | undefined; readonly skipUnknown?: true | undefined },
): Promise<UnknownChoice> {
  if (rerunUnknown || nodes.length === 0) return 'rerun'
  if (skipUnknown) return 'skip'
  const { stdin, stderr } = context
  if (stdin.isTTY !== true || stderr.isTTY !== true)
    throw refusal(`${whatIsUnknown(nodes)}: ${listed(plan, nodes)}`)
  stderr.write(`${whatIsUnknown(nodes)}:\n`)
  for (const line of linesOf(plan, nodes)) stderr.write(`  ${line}\n`)
  forgetTyped(stdin)
  const reader = createInterface({ input: stdin, output: stderr })
  try {
    const end = new AbortController()
    reader.once('close', () => end.abort())
    const answer = await reader.question('Run them again, skip them, or stop here? (run/skip/stop) ', {
      signal: end.signal,
    })
    if (/^(r|run)$/i.test(answer.trim())) return 'rerun'
    if (/^(s|skip)$/i.test(answer.trim())) return 'skip'
  } catch (error) {
    if ((error as Error).name !== 'AbortError') throw error
    stderr.write('\n')
  } finally {
    reader.close()
  }
  throw refusal('Not resumed: nothing was done')
}

/** Steps that nobody can run again, since the playbook or the inventory does not have them any more: a warning. */
export function tellGone({ stderr }: CliContext, nodes: readonly (readonly [string, string])[]): void {
  if (nodes.length === 0) return
  const names = shortened(nodes.map(([step, host]) => `${step} on ${host}`)).join(', ')
  const them = nodes.length === 1 ? 'it' : 'them'
  stderr.write(`${whatIsUnknown(nodes)}; the playbook does not have ${them} any more: ${names}\n`)
}

function whatIsUnknown({ length }: readonly unknown[]): string {
  const were = length === 1 ? 'was under way' : 'were under way'
  return `${count(length, 'step')} ${were} when the run ended, and may or may not have run`
}

const MOST = 10

function linesOf(plan: Plan, nodes: readonly UnknownNode[]): string[] {
  return shortened(nodes.map(({ step, host }) => `${plan.steps[step]?.id} on ${plan.hosts[host]?.name}`))
}

function shortened(given: readonly string[]): string[] {
  const names = given.map(name => escapeText(name))
  const more = names.length - MOST
  return more > 1 ? [...names.slice(0, MOST), `and ${more} more`] : names
}

function listed(plan: Plan, nodes: readonly UnknownNode[]): string {
  return linesOf(plan, nodes).join(', ')
}

function refusal(message: string): ProblemsError {
  const hint = '--rerun-unknown runs them again, --skip-unknown leaves them as they are'
  return new ProblemsError([{ code: 'approval', severity: 'error', message, hint }])
}
