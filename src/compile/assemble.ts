import type { Host, Inventory } from '../model/host.ts'
import type { Edge, Plan, PlanStep, Rolling } from '../model/plan.ts'
import type { Playbook, PlaybookFile } from '../model/playbook.ts'
import type { Carriers } from './delegates.ts'
import { factsStep } from './facts-step.ts'
import type { StepGraph } from './graph.ts'
import { HostIndexes } from './host-indexes.ts'
import type { Draft, Hosts, RollingGroup } from './lower/block.ts'
import type { Lowered } from './lower/lower.ts'
import { countOf, planStep } from './plan-step.ts'
import type { PlanIndex } from './program/program.ts'
import { rollingMembers, rollingOf } from './rolling.ts'
import type { Selection } from './select.ts'
import type { CheckedContent } from './template-files.ts'

/** Everything that a plan is put together from. */
export interface Parts {
  readonly playbook: Playbook
  readonly inventory: Inventory
  /** The hosts that steps run on. */
  readonly hosts: readonly Host[]
  readonly lowered: Lowered
  readonly graph: StepGraph
  readonly excluded: Selection['excluded']
  readonly carriers: Carriers
  readonly contents: ReadonlyMap<Draft, CheckedContent>
}

export interface Assembled {
  readonly plan: Plan
  readonly index: PlanIndex
}

/** Puts the plan together: the gathering of facts first, if it is needed, and hosts that only carry out among the others. */
export function assemble(parts: Parts): Assembled {
  return new Assembly(parts).assemble()
}

class Assembly {
  readonly #parts: Parts
  readonly #hosts: HostIndexes
  readonly #factsHosts: Hosts
  /** The index of the first step that is not drover's own. */
  readonly #offset: number
  readonly #semaphores = new Map<
    string,
    { readonly index: number; readonly permits: number; readonly name: string }
  >()
  readonly #rollings = new Map<RollingGroup, number>()

  constructor(parts: Parts) {
    this.#parts = parts
    const carriers = new Set([...parts.carriers.values()].flat())
    this.#hosts = new HostIndexes(parts.hosts, carriers, parts.inventory)
    this.#factsHosts = this.#hosts.inPlan(this.#hostsWithFacts())
    this.#offset = this.#factsHosts.length > 0 ? 1 : 0
  }

  assemble(): Assembled {
    const { playbook, lowered, graph } = this.#parts
    const { drafts, groups } = lowered
    const hosts = this.#hosts.all
    const rollings = this.#rollingGroups()
    const own = drafts.map(draft => this.#step(draft))
    const steps =
      this.#offset === 0 ? own : [factsStep(this.#factsHosts, hosts.length, playbook.file), ...own]
    const { maxFailures } = playbook
    const plan: Plan = {
      name: playbook.name,
      file: playbook.file,
      hosts,
      steps,
      order: [...(this.#offset === 0 ? [] : [0]), ...graph.order.map(index => index + this.#offset)],
      groups,
      rollings,
      semaphores: Array.from(this.#semaphores.values(), ({ name, permits }) => ({ name, permits })),
      ...(maxFailures === undefined ? {} : { maxFailures: countOf(maxFailures, this.#parts.hosts.length) }),
    }
    const index: PlanIndex = {
      draft: step => drafts[step - this.#offset],
      host: host => this.#hosts.inTargets(host),
    }
    return { plan, index }
  }

  #hostsWithFacts(): Hosts {
    const { graph, excluded, lowered } = this.#parts
    const users = lowered.drafts.filter(
      draft => graph.uses.get(draft)?.facts === true && !excluded.has(draft),
    )
    return lowered.sets.union(users.map(({ hosts }) => hosts))
  }

  #rollingGroups(): Rolling[] {
    const { lowered } = this.#parts
    return [...rollingMembers(lowered.drafts)].map(([group, drafts], index) => {
      this.#rollings.set(group, index)
      const members = drafts.map(draft => ({
        step: draft.index + this.#offset,
        hosts: this.#hosts.inPlan(draft.hosts),
      }))
      return rollingOf(group, members, this.#hosts.all.length, lowered.sets)
    })
  }

  #step(draft: Draft): PlanStep {
    const { excluded, contents } = this.#parts
    const { rolling } = draft.inherited
    return planStep(draft, {
      index: draft.index + this.#offset,
      targets: this.#hosts.inPlan(draft.hosts),
      idle: draft.idle === undefined ? undefined : this.#hosts.inPlan(draft.idle),
      excluded: excluded.get(draft),
      edges: this.#edges(draft),
      semaphores: draft.checked.step.semaphores.map(({ name }) => this.#semaphore(name, draft)),
      rolling: rolling === undefined ? undefined : this.#rollings.get(rolling),
      delegates: this.#delegates(draft),
      content: contents.get(draft),
    })
  }

  #edges(draft: Draft): Edge[] {
    const { graph, excluded } = this.#parts
    const edges = [...(graph.waits[draft.index]?.values() ?? [])].flatMap(
      ({ from, on, if: condition, endsEverywhere, alsoHere }): Edge[] => {
        const edge: Edge = { from: from.index + this.#offset, on, if: condition }
        if (endsEverywhere === true) return [edge, { ...edge, on: 'all', if: 'always' }]
        return alsoHere === true ? [{ ...edge, on: 'host' }, edge] : [edge]
      },
    )
    const gathers = this.#offset > 0 && graph.uses.get(draft)?.facts === true && !excluded.has(draft)
    return gathers ? [{ from: 0, on: 'host', if: 'success' }, ...edges] : edges
  }

  /** A name means the file's own semaphore, else the playbook's. */
  #semaphore(name: string, draft: Draft): number {
    const { playbook } = this.#parts
    const own = draft.place.frame.file?.file
    const file: PlaybookFile = own?.semaphores.has(name) === true ? own : playbook
    const key = `${file === playbook ? '' : `${file.folder}/${file.file}`}\0${name}`
    const known = this.#semaphores.get(key)
    if (known !== undefined) return known.index
    const index = this.#semaphores.size
    this.#semaphores.set(key, { index, name, permits: file.semaphores.get(name) ?? 1 })
    return index
  }

  #delegates(draft: Draft): Uint32Array | undefined {
    const carriers = this.#parts.carriers.get(draft)
    return carriers === undefined ? undefined : this.#hosts.delegates(draft.hosts, carriers)
  }
}
