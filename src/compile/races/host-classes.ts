import { NO_BATCH, type Plan, type PlanStep } from '../../model/plan.ts'

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
  /** For each class on which a step of a rolling group runs the last batch that has one of its hosts. */
  lastBatches(step: number): ReadonlyMap<number, number>
}

export function hostClasses({ steps, hosts, rollings }: Plan): HostClasses {
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
  const stepAt = (step: number) => steps[step] as PlanStep
  const homeOf = ({ targets, idle = new Uint32Array() }: PlanStep) =>
    new Set([...targets, ...idle].map(host => of[host] ?? 0))
  const lastOf = ({ targets, rolling = -1 }: PlanStep) => {
    const last = new Map<number, number>()
    const { batchOf = new Uint32Array() } = rollings[rolling] ?? {}
    for (const host of targets) {
      const hostClass = of[host] ?? 0
      last.set(hostClass, Math.max(last.get(hostClass) ?? 0, batchAt(batchOf, host)))
    }
    return last
  }
  return {
    of,
    count,
    home: remembered(step => homeOf(stepAt(step))),
    lastBatches: remembered(step => lastOf(stepAt(step))),
  }
}

/** Hosts that are in no batch go with the first. */
export function batchAt(batchOf: Uint32Array, host: number): number {
  const batch = batchOf[host] ?? NO_BATCH
  return batch === NO_BATCH ? 0 : batch
}

function remembered<T>(find: (step: number) => T): (step: number) => T {
  const known = new Map<number, T>()
  return step => {
    const found = known.get(step) ?? find(step)
    known.set(step, found)
    return found
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
