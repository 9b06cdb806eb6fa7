import { dirname } from 'node:path'
import type { Plan, PlanStep } from '../../model/plan.ts'
import type { Sketch, SketchNode } from '../../model/sketch.ts'

/** Hosts for which a step does the same. */
export interface SketchGroup {
  readonly hosts: readonly string[]
  /** The host that carries it out for them, where that is another one. */
  readonly delegate?: string
  /** For a `get`, `dest` is the folder that holds the hosts' own ones. */
  readonly sketch: Sketch
}

interface OpenGroup extends SketchGroup {
  readonly hosts: string[]
}

/** Groups a step's hosts by what it does there, in the order of their first hosts. */
export function foldSketches(plan: Plan, step: PlanStep, sketch: SketchNode): SketchGroup[] {
  const byContent = new Map<string, OpenGroup>()
  const keys = new Map<object, string>()
  for (const host of step.targets) {
    const found = sketch(step.index, host)
    const delegate = delegateOf(plan, step, host)
    const identity = found.kind === 'action' ? found.action : found
    // Actions are shared between hosts while their wrappers need not be, so that most keys are made only once.
    let key = keys.get(identity)
    if (key === undefined) {
      key = JSON.stringify(withoutHost(found))
      keys.set(identity, key)
    }
    const full = `${delegate ?? ''}\0${conditionsKey(found)}\0${key}`
    const known = byContent.get(full)
    const name = plan.hosts[host]?.name ?? ''
    if (known !== undefined) known.hosts.push(name)
    else
      byContent.set(full, {
        hosts: [name],
        ...(delegate === undefined ? {} : { delegate }),
        sketch: withoutHost(found),
      })
  }
  return [...byContent.values()]
}

/** An action object may be shared between nodes with other conditions. */
function conditionsKey(sketch: Sketch): string {
  return 'conditions' in sketch ? sketch.conditions.join('\0') : ''
}

function delegateOf(plan: Plan, step: PlanStep, host: number): string | undefined {
  const delegate = step.delegates?.[host]
  return delegate === undefined || delegate === host ? undefined : plan.hosts[delegate]?.name
}

function withoutHost(sketch: Sketch): Sketch {
  if (sketch.kind !== 'action' || sketch.action.kind !== 'get') return sketch
  return { ...sketch, action: { ...sketch.action, dest: dirname(sketch.action.dest) } }
}
