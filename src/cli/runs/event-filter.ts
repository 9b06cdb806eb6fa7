import { resolvePattern } from '../../load/pattern.ts'
import { didYouMean } from '../../model/did-you-mean.ts'
import type { RunEvent } from '../../model/event.ts'
import type { Plan } from '../../model/plan.ts'
import { ProblemsError } from '../../model/problem.ts'

/** Whether an event is asked for. Events come in order: where a run went on with another plan, they count by that one. */
export type EventFilter = (event: RunEvent) => boolean

/**
 * Lets only one step and some hosts through; the beginning and the end of a run always.
 * @param plan the last one of the run
 * @throws ProblemsError where that has no such step or host
 */
export function eventFilter(
  cwd: string,
  plan: Plan,
  { step, host }: { readonly step?: string | undefined; readonly host?: string | undefined },
): EventFilter {
  if (step !== undefined && !plan.steps.some(({ id }) => isNamed(id, step))) throw unknownStep(plan, step)
  const names = host === undefined ? undefined : namesOf(cwd, plan, host)
  let present = plan
  return event => {
    if (event.kind === 'run_started') present = event.plan
    if (step !== undefined && 'step' in event && !isNamed(present.steps[event.step]?.id, step)) return false
    return names === undefined || !('host' in event) || names.has(present.hosts[event.host]?.name)
  }
}

/** The id of an included file stands for its members, that of a loop for all of its items. */
function isNamed(id: string | undefined, named: string): boolean {
  return id === named || id?.startsWith(`${named}.`) === true || id?.startsWith(`${named}[`) === true
}

function unknownStep({ steps }: Plan, named: string): ProblemsError {
  const hint = didYouMean(
    named,
    steps.map(({ id }) => id),
  )
  return new ProblemsError([
    {
      code: 'step_unknown',
      severity: 'error',
      message: `the run has no step "${named}"`,
      ...(hint === undefined ? {} : { hint }),
    },
  ])
}

/** Groups are not known any more. */
function namesOf(cwd: string, { hosts }: Plan, pattern: string): ReadonlySet<string | undefined> {
  const byName = new Map(hosts.map(host => [host.name, host]))
  const inventory = { hosts: byName, groups: new Map(), sources: [], warnings: [] }
  const found = resolvePattern(pattern, inventory, undefined, cwd)
  const problems = found.flatMap(entry => ('code' in entry ? [entry] : []))
  if (problems.length > 0) throw new ProblemsError(problems)
  return new Set(found.flatMap(entry => ('name' in entry ? [entry.name] : [])))
}
