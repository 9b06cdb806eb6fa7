import { resolvePattern } from '../load/pattern.ts'
import { didYouMean } from '../model/did-you-mean.ts'
import type { RunEvent } from '../model/event.ts'
import type { Plan } from '../model/plan.ts'
import { ProblemsError } from '../model/problem.ts'

/** Whether an event is asked for. */
export type EventFilter = (event: RunEvent) => boolean

/**
 * Lets only one step and some hosts through; the beginning and the end of a run always.
 * @throws ProblemsError where the run has no such step or host
 */
export function eventFilter(
  cwd: string,
  plan: Plan,
  { step, host }: { readonly step?: string | undefined; readonly host?: string | undefined },
): EventFilter {
  const steps = step === undefined ? undefined : stepsOf(plan, step)
  const hosts = host === undefined ? undefined : hostsOf(cwd, plan, host)
  return event => {
    if ('step' in event && steps?.has(event.step) === false) return false
    return !('host' in event) || hosts?.has(event.host) !== false
  }
}

/** A group's id stands for its members, a loop's for all of its items. */
function stepsOf({ steps }: Plan, named: string): ReadonlySet<number> {
  const found = steps.filter(
    ({ id }) => id === named || id.startsWith(`${named}.`) || id.startsWith(`${named}[`),
  )
  if (found.length > 0) return new Set(found.map(({ index }) => index))
  const hint = didYouMean(
    named,
    steps.map(({ id }) => id),
  )
  throw new ProblemsError([
    {
      code: 'step_unknown',
      severity: 'error',
      message: `the run has no step "${named}"`,
      ...(hint === undefined ? {} : { hint }),
    },
  ])
}

/** Groups are not known any more. */
function hostsOf(cwd: string, { hosts }: Plan, pattern: string): ReadonlySet<number> {
  const byName = new Map(hosts.map(host => [host.name, host]))
  const inventory = { hosts: byName, groups: new Map(), sources: [], warnings: [] }
  const found = resolvePattern(pattern, inventory, undefined, cwd)
  const names = new Set(found.flatMap(entry => ('name' in entry ? [entry.name] : [])))
  const problems = found.flatMap(entry => ('code' in entry ? [entry] : []))
  if (problems.length > 0) throw new ProblemsError(problems)
  return new Set(hosts.flatMap(({ name }, index) => (names.has(name) ? [index] : [])))
}
