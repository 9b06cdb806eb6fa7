import { dirname } from 'node:path'
import type { Action } from '../model/action.ts'
import type { Failure } from '../model/errors.ts'
import type { Plan, PlanStep } from '../model/plan.ts'

/** Hosts for which a step does the same. */
export interface ActionGroup {
  readonly hosts: readonly string[]
  /** For a `get`, `dest` is the folder that holds the hosts' own ones. */
  readonly action: Action | Failure
}

/** The engine's way to a node's action. */
export type RenderAction = (step: number, host: number) => Action | Failure

/** Groups a step's hosts by what it does there, in the order of their first hosts. */
export function foldActions(plan: Plan, step: PlanStep, render: RenderAction): ActionGroup[] {
  const byObject = new Map<Action | Failure, string[]>()
  for (const host of step.targets) {
    const action = render(step.index, host)
    const name = plan.hosts[host]?.name ?? ''
    const known = byObject.get(action)
    if (known === undefined) byObject.set(action, [name])
    else known.push(name)
  }
  const byContent = new Map<string, { readonly hosts: string[]; readonly action: Action | Failure }>()
  for (const [action, hosts] of byObject) {
    const shared = withoutHost(action)
    const key = JSON.stringify(shared)
    const known = byContent.get(key)
    if (known === undefined) byContent.set(key, { hosts, action: shared })
    else for (const host of hosts) known.hosts.push(host)
  }
  return [...byContent.values()]
}

function withoutHost(action: Action | Failure): Action | Failure {
  return 'kind' in action && action.kind === 'get' ? { ...action, dest: dirname(action.dest) } : action
}
