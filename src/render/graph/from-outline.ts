import type { RollingSpec } from '../../model/playbook.ts'
import type { Graph, GraphGroup, GraphNeed, GraphStep } from '../graph.ts'
import { hostsOf, type Outline, type OutlineNeed, type OutlineStep, optionOf } from '../outline/outline.ts'
import { batchSizeWords } from '../rolling-words.ts'
import { topological } from './order.ts'

/** The graph of a playbook alone: hosts are patterns, and a loop is one step. */
export function graphOfOutline(outline: Outline): Graph {
  return new OutlineGraph(outline).graph()
}

class OutlineGraph {
  readonly #outline: Outline
  readonly #groups: GraphGroup[] = []
  readonly #groupOf = new Map<OutlineStep, number>()
  readonly #vertices: OutlineStep[] = []
  readonly #indexes = new Map<OutlineStep, number>()

  constructor(outline: Outline) {
    this.#outline = outline
    this.#collect(outline.steps, undefined)
  }

  graph(): Graph {
    const { name, file } = this.#outline.playbook
    const steps = this.#vertices.map(entry => this.#stepOf(entry))
    const order = topological(steps.map(step => step.needs.map(need => need.step)))
    return { name, file, steps, order, groups: this.#groups }
  }

  #collect(steps: readonly OutlineStep[], parent: number | undefined): void {
    for (const entry of steps) {
      const { step, children, id } = entry
      const { kind } = step.spec
      if (parent !== undefined) this.#groupOf.set(entry, parent)
      if ((kind !== 'group' && kind !== 'use') || step.forEach !== undefined || children.length === 0) {
        this.#indexes.set(entry, this.#vertices.length)
        this.#vertices.push(entry)
        continue
      }
      const index = this.#groups.length
      this.#groups.push({
        kind,
        id,
        title: step.title === step.id ? id : step.title,
        ...(parent === undefined ? {} : { parent }),
        ...(step.rolling === undefined ? {} : { rolling: rollingText(step.rolling) }),
      })
      this.#collect(children, index)
    }
  }

  #stepOf(entry: OutlineStep): GraphStep {
    const { step, id } = entry
    const group = this.#groupOf.get(entry)
    const throttle = optionOf(entry, 'throttle')
    const items = step.forEach?.value
    return {
      id,
      title: step.title === step.id ? id : step.title,
      kind: step.spec.kind,
      ...(group === undefined ? {} : { group }),
      hosts: { kind: 'pattern', text: hostsOf(entry, this.#outline)?.value ?? '' },
      needs: this.#needsOf(entry),
      once: step.once,
      ...(throttle === undefined ? {} : { throttle }),
      ...(items === undefined ? {} : { loop: Array.isArray(items) ? { items: items.length } : {} }),
      hidden: false,
    }
  }

  /** What a step waits for itself; the first ones of a group wait for what the group waits for. */
  #needsOf(entry: OutlineStep): GraphNeed[] {
    const needs = new Map<number, GraphNeed>()
    for (let at: OutlineStep | undefined = entry; at !== undefined && needs.size === 0; at = at.parent)
      for (const need of at.needs)
        for (const end of this.#ends(need.of)) {
          const step = this.#indexes.get(end) ?? -1
          if (step !== this.#indexes.get(entry) && !needs.has(step))
            needs.set(step, { step, on: entry.step.once ? 'all' : need.on, if: need.if })
        }
    return [...needs.values()]
  }

  /** The last steps of a group: those that no other member needs. */
  #ends(entry: OutlineStep): OutlineStep[] {
    if (this.#indexes.has(entry)) return [entry]
    const needed = new Set(entry.children.flatMap(({ needs }) => needs.map(({ of }: OutlineNeed) => of)))
    return entry.children.filter(child => !needed.has(child)).flatMap(child => this.#ends(child))
  }
}

function rollingText({ batches }: RollingSpec): string {
  return `batch by batch, ${batchSizeWords(batches)}`
}
