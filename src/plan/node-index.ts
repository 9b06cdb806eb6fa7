import { linesOf } from './before-column.ts'
import { digestAt } from './digest.ts'
import type { PlanDocument } from './document.ts'
import type { NodeGroup } from './nodes.ts'
import { numbersOf } from './runs.ts'

/** A node as the plan file has it. */
export interface StoredNode {
  readonly group: NodeGroup
  /** The short digest of its action. */
  readonly action?: string
  readonly before?: string
}

interface IndexedGroup {
  readonly group: NodeGroup
  readonly before: readonly string[] | undefined
}

interface IndexedStep {
  readonly groups: readonly IndexedGroup[]
  /** For each host its group, counted from 1, and its place there. */
  readonly groupOf: Uint32Array
  readonly placeOf: Uint32Array
}

/** Finds nodes in a plan file. */
export class NodeIndex {
  readonly #document: PlanDocument
  readonly #steps = new Map<number, IndexedStep>()

  constructor(document: PlanDocument) {
    this.#document = document
  }

  find(step: number, host: number): StoredNode | undefined {
    const { groups, groupOf, placeOf } = this.#step(step)
    const found = groups[(groupOf[host] ?? 0) - 1]
    if (found === undefined) return undefined
    const at = placeOf[host] ?? 0
    const { group } = found
    const before = found.before?.[at]
    return {
      group,
      ...(group.actions === undefined ? {} : { action: digestAt(group.actions, at) }),
      ...(before === undefined ? {} : { before }),
    }
  }

  #step(index: number): IndexedStep {
    const known = this.#steps.get(index)
    if (known !== undefined) return known
    const { plan, nodes, tables } = this.#document
    const size = plan.hosts.length
    const step = { groupOf: new Uint32Array(size), placeOf: new Uint32Array(size) }
    const groups = (nodes[index] ?? []).map((group, at): IndexedGroup => {
      const hosts = numbersOf(group.hosts, size)
      for (const [place, host] of hosts.entries()) {
        step.groupOf[host] = at + 1
        step.placeOf[host] = place
      }
      const before = group.before && linesOf(group.before, tables.patterns, hosts.length)
      return { group, before }
    })
    this.#steps.set(index, { ...step, groups })
    return { ...step, groups }
  }
}
