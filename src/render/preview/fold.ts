import { dirname } from 'node:path'
import type { Plan, PlanStep } from '../../model/plan.ts'
import type { Sketch, SketchNode } from '../../model/sketch.ts'
import { delegateOf } from '../carrier.ts'

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
  const groups = new Map<string, OpenGroup>()
  /** Most hosts share one object, which need not be looked into again. */
  const known = new Map<Sketch, { readonly delegate: number | undefined; readonly group: OpenGroup }>()
  for (const host of step.targets) {
    const found = sketch(step.index, host)
    const delegate = delegateOf(plan, step.index, host)
    const name = plan.hosts[host]?.name ?? ''
    const same = known.get(found)
    if (same !== undefined && same.delegate === delegate) {
      same.group.hosts.push(name)
      continue
    }
    const shared = withoutHost(found)
    const key = `${delegate ?? ''} ${JSON.stringify(shared)}`
    const group = groups.get(key) ?? newGroup(shared, plan.hosts[delegate ?? -1]?.name)
    group.hosts.push(name)
    groups.set(key, group)
    known.set(found, { delegate, group })
  }
  return [...groups.values()]
}

function newGroup(sketch: Sketch, delegate: string | undefined): OpenGroup {
  return { hosts: [], ...(delegate === undefined ? {} : { delegate }), sketch }
}

function withoutHost(sketch: Sketch): Sketch {
  if (sketch.kind !== 'action' || sketch.action.kind !== 'get') return sketch
  return { ...sketch, action: { ...sketch.action, dest: dirname(sketch.action.dest) } }
}
