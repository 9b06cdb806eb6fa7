import type { Plan, PlanGroup, PlanStep } from '../../model/plan.ts'
import type { Graph, GraphGroup, GraphNeed, GraphStep } from '../graph.ts'
import { PlanGroups } from '../plan-groups.ts'
import { planSize } from '../plan-size.ts'
import { rollingSize } from '../rolling-words.ts'
import { topological } from './order.ts'

/** The graph of a compiled plan. A loop with all that is in it becomes one step. */
export function graphOfPlan(plan: Plan): Graph {
  return new PlanGraph(plan).graph()
}

interface Vertex {
  readonly id: string
  readonly title: string
  readonly group: number | undefined
  readonly steps: PlanStep[]
  /** How many items, for a loop. */
  readonly items?: number
}

class PlanGraph {
  readonly #plan: Plan
  readonly #groups: PlanGroups
  readonly #items: ReadonlyMap<number, ReadonlyMap<string, unknown>>
  readonly #vertices: Vertex[] = []
  /** For each step of the plan the vertex that it is part of. */
  readonly #vertexOf: number[] = []
  /** For each group of the plan that is drawn its index in the graph. */
  readonly #drawn = new Map<number, number>()
  readonly #graphGroups: GraphGroup[] = []

  constructor(plan: Plan) {
    this.#plan = plan
    this.#groups = new PlanGroups(plan)
    this.#items = this.#groups.items()
  }

  graph(): Graph {
    const { name, file, steps } = this.#plan
    this.#drawGroups()
    const loops = new Map<number, number>()
    for (const step of steps) this.#place(step, loops)
    const made = this.#vertices.map((vertex, index) => this.#stepOf(vertex, index))
    const needs = made.map(step => step.needs.map(need => need.step))
    // Facts are gathered at once, and stand where they are first used.
    const starts = [...made.keys()].toSorted((a, b) => Number(made[a]?.hidden) - Number(made[b]?.hidden))
    return {
      name,
      file,
      size: planSize(this.#plan),
      steps: made,
      order: topological(needs, starts),
      groups: this.#graphGroups,
    }
  }

  #drawGroups(): void {
    const rollings = this.#groups.rollings()
    for (const [index, { kind, id, title, parent }] of this.#plan.groups.entries()) {
      const around = parent === undefined ? undefined : this.#drawn.get(parent)
      if (kind === 'loop' || (parent !== undefined && around === undefined)) continue
      const rolling = rollings.get(index)
      this.#drawn.set(index, this.#graphGroups.length)
      this.#graphGroups.push({
        kind,
        id,
        title,
        ...(around === undefined ? {} : { parent: around }),
        ...(rolling === undefined ? {} : { rolling: rollingSize(rolling) }),
      })
    }
  }

  /** Makes a vertex of a step, or adds it to that of the outermost loop around it. */
  #place(step: PlanStep, loops: Map<number, number>): void {
    const loop = this.#groups.around(step).find(group => this.#items.has(group))
    const known = loop === undefined ? undefined : loops.get(loop)
    if (known !== undefined) {
      this.#vertices[known]?.steps.push(step)
      this.#vertexOf.push(known)
      return
    }
    const index = this.#vertices.length
    this.#vertexOf.push(index)
    if (loop === undefined) {
      this.#vertices.push({
        id: step.id,
        title: step.title,
        group: this.#drawnGroup(step.group),
        steps: [step],
      })
      return
    }
    loops.set(loop, index)
    const { id, title, parent } = this.#plan.groups[loop] as PlanGroup
    const group = this.#drawnGroup(parent)
    this.#vertices.push({ id, title, group, steps: [step], items: this.#items.get(loop)?.size ?? 0 })
  }

  #drawnGroup(group: number | undefined): number | undefined {
    return group === undefined ? undefined : this.#drawn.get(group)
  }

  #stepOf({ id, title, group, steps, items }: Vertex, own: number): GraphStep {
    const [first] = steps as [PlanStep]
    const targets = new Set(steps.flatMap(step => [...step.targets]))
    const names = [...targets].sort((a, b) => a - b).map(host => this.#plan.hosts[host]?.name ?? '')
    // The items of a loop are steps like each other; turns of a looped group have other groups inside the loop.
    const isGroup = items !== undefined && steps.length > items
    return {
      id,
      title,
      kind: isGroup ? 'group' : first.action.kind,
      ...(group === undefined ? {} : { group }),
      hosts: { kind: 'names', names },
      needs: this.#needsOf(steps, own),
      once: first.once,
      ...(first.throttle === undefined ? {} : { throttle: first.throttle }),
      ...(items === undefined ? {} : { loop: { items } }),
      hidden: first.hidden,
      ...(first.excluded === undefined ? {} : { excluded: first.excluded }),
    }
  }

  #needsOf(steps: readonly PlanStep[], own: number): GraphNeed[] {
    const needs = new Map<number, GraphNeed>()
    for (const { edges } of steps)
      for (const { from, on, if: how } of edges) {
        const step = this.#vertexOf[from] ?? -1
        if (step === own) continue
        const known = needs.get(step)
        if (known === undefined || known.on === 'host') needs.set(step, { step, on, if: how })
      }
    return [...needs.values()]
  }
}
