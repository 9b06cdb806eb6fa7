import type { Plan, PlanStep, Rolling } from '../model/plan.ts'

/** How a plan's groups lie around its steps. */
export class PlanGroups {
  readonly #plan: Plan
  readonly #paths: readonly (readonly number[])[]

  constructor(plan: Plan) {
    this.#plan = plan
    const paths: number[][] = []
    for (const [index, { parent }] of plan.groups.entries())
      paths.push([...(parent === undefined ? [] : pathTo(plan, parent, paths)), index])
    this.#paths = paths
  }

  /** The groups around a step, outermost first. */
  around(step: PlanStep): readonly number[] {
    return step.group === undefined ? [] : (this.#paths[step.group] ?? [])
  }

  /** For each group that runs batch by batch its rolling. */
  rollings(): ReadonlyMap<number, Rolling> {
    const found = new Map<number, Rolling>()
    for (const rolling of this.#plan.rollings) {
      const group = this.rollingGroup(rolling)
      if (group !== undefined) found.set(group, rolling)
    }
    return found
  }

  /** The innermost group that holds all steps of a rolling. */
  rollingGroup(rolling: Rolling): number | undefined {
    let common: readonly number[] | undefined
    for (const index of rolling.steps) {
      const step = this.#plan.steps[index]
      if (step === undefined || step.hidden) continue
      const path = this.around(step)
      common = common === undefined ? path : common.filter((group, at) => path[at] === group)
    }
    return common?.at(-1)
  }

  /** For each loop its items, each with its steps: the group or the step directly inside it, of each of its turns. */
  items(): ReadonlyMap<number, ReadonlyMap<string, readonly PlanStep[]>> {
    const loops = new Map<number, Map<string, PlanStep[]>>()
    for (const [index, { kind }] of this.#plan.groups.entries())
      if (kind === 'loop') loops.set(index, new Map())
    for (const step of this.#plan.steps) {
      const path = this.around(step)
      for (const [at, group] of path.entries()) {
        const items = loops.get(group)
        if (items === undefined) continue
        const id = this.itemOf(step, path, at)
        const steps = items.get(id)
        if (steps === undefined) items.set(id, [step])
        else steps.push(step)
      }
    }
    return loops
  }

  /** Which turn of the loop `path[at]` a step belongs to. */
  itemOf(step: PlanStep, path: readonly number[], at: number): string {
    const inner = path[at + 1]
    return inner === undefined ? step.id : (this.#plan.groups[inner]?.id ?? step.id)
  }
}

/** A group mostly stands after the one it is in; where not, its path is walked. */
function pathTo(plan: Plan, group: number, known: readonly (readonly number[])[]): readonly number[] {
  const path = known[group]
  if (path !== undefined) return path
  const parent = plan.groups[group]?.parent
  return [...(parent === undefined ? [] : pathTo(plan, parent, known)), group]
}

/** The hosts of each batch by name, first batch first. */
export function batchHosts({ batchOf, batches }: Rolling, plan: Plan): readonly (readonly string[])[] {
  const hosts: string[][] = Array.from({ length: batches }, () => [])
  for (const [host, batch] of batchOf.entries()) hosts[batch]?.push(plan.hosts[host]?.name ?? '')
  return hosts
}
