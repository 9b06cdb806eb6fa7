import type { Plan, PlanStep } from '../../model/plan.ts'

/**
 * Hosts in classes: those of one class have the same steps, whether these run there or are idle. What steps wait for
 * is the same on all hosts of a class, and there are few of them.
 */
export interface HostClasses {
  /** For each host of the plan. */
  readonly of: Uint32Array
  readonly count: number
  /** The classes on which a step runs or is idle. */
  home(step: number): ReadonlySet<number>
}

export function hostClasses({ steps, hosts }: Pick<Plan, 'steps' | 'hosts'>): HostClasses {
  const split = new Uint32Array(hosts.length)
  let made = 1
  // Steps share their lists: each list is looked at once.
  for (const list of new Set(steps.flatMap(({ targets, idle }) => [targets, idle ?? []]))) {
    const moved = new Map<number, number>()
    for (const host of list) {
      const before = split[host] ?? 0
      const after = moved.get(before) ?? made++
      moved.set(before, after)
      split[host] = after
    }
  }
  const { of, count } = numbered(split)
  const homes = steps.map(() => undefined as ReadonlySet<number> | undefined)
  const homeOf = ({ targets, idle = new Uint32Array() }: PlanStep) =>
    new Set([...targets, ...idle].map(host => of[host] ?? 0))
  return {
    of,
    count,
    home: step => {
      homes[step] ??= homeOf(steps[step] as PlanStep)
      return homes[step]
    },
  }
}

/** The same classes, numbered without gaps. */
function numbered(classes: Uint32Array): { readonly of: Uint32Array; readonly count: number } {
  const numbers = new Map<number, number>()
  const of = classes.map(each => {
    const number = numbers.get(each) ?? numbers.size
    numbers.set(each, number)
    return number
  })
  return { of, count: numbers.size }
}
