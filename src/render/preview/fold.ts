import { dirname } from 'node:path'
import type { Plan, PlanStep } from '../../model/plan.ts'
import type { Sketch, SketchNode } from '../../model/sketch.ts'
import { delegateOf } from '../carrier.ts'

/** Hosts that have the same of a step. */
export interface HostGroup<T> {
  /** Indexes, ascending. */
  readonly hosts: readonly number[]
  /** The host that carries it out for them, where that is another one. */
  readonly delegate?: number
  /** What each of the hosts has, in their order. */
  readonly nodes: readonly T[]
}

interface OpenGroup<T> extends HostGroup<T> {
  readonly hosts: number[]
  readonly nodes: T[]
}

/**
 * Groups hosts of a step by what they have of it, in the order of their first hosts.
 * @param nodeOf hosts for which it gives nothing are left out
 * @param sameness what has to be equal, as JSON, for hosts to stand together
 */
export function foldNodes<T extends object>(
  plan: Plan,
  step: PlanStep,
  nodeOf: (host: number) => T | undefined,
  sameness: (node: T) => unknown,
): HostGroup<T>[] {
  const groups = new Map<string, OpenGroup<T>>()
  /** Most hosts share one object, which need not be looked into again. */
  const known = new Map<T, { readonly delegate: number | undefined; readonly group: OpenGroup<T> }>()
  for (const host of step.targets) {
    const node = nodeOf(host)
    if (node === undefined) continue
    const delegate = delegateOf(plan, step.index, host)
    const same = known.get(node)
    if (same !== undefined && same.delegate === delegate) {
      same.group.hosts.push(host)
      same.group.nodes.push(node)
      continue
    }
    const key = `${delegate ?? ''} ${JSON.stringify(sameness(node))}`
    const group = groups.get(key) ?? { hosts: [], nodes: [], ...(delegate === undefined ? {} : { delegate }) }
    group.hosts.push(host)
    group.nodes.push(node)
    groups.set(key, group)
    known.set(node, { delegate, group })
  }
  return [...groups.values()]
}

/** Hosts for which a step does the same. */
export interface SketchGroup {
  readonly hosts: readonly string[]
  readonly delegate?: string
  /** For a `get`, `dest` is the folder that holds the hosts' own ones. */
  readonly sketch: Sketch
}

/** Groups a step's hosts by what it does there. */
export function foldSketches(plan: Plan, step: PlanStep, sketch: SketchNode): SketchGroup[] {
  const groups = foldNodes(plan, step, host => sketch(step.index, host), withoutHost)
  return groups.map(({ hosts, delegate, nodes: [first] }) => ({
    hosts: hosts.map(host => plan.hosts[host]?.name ?? ''),
    ...(delegate === undefined ? {} : { delegate: plan.hosts[delegate]?.name ?? '' }),
    sketch: withoutHost(first as Sketch),
  }))
}

/** A `get` has a folder for each host; without it hosts that fetch the same are alike. */
export function withoutHost(sketch: Sketch): Sketch {
  if (sketch.kind !== 'action' || sketch.action.kind !== 'get') return sketch
  return { ...sketch, action: { ...sketch.action, dest: dirname(sketch.action.dest) } }
}
