import type { RunEvent } from '../../model/event.ts'
import { satisfies } from '../../model/outcome.ts'
import type { Plan, Rolling } from '../../model/plan.ts'
import { escapeText } from '../escape.ts'
import { PlanGroups } from '../plan-groups.ts'

/** A batch of a rolling group that is under way. */
export interface Batch {
  /** The group's id, escaped. */
  readonly group: string
  /** From 1. */
  readonly number: number
  readonly of: number
  readonly hosts: readonly number[]
}

interface Progress {
  readonly rolling: Rolling
  readonly group: string
  /** From 0; -1 before the first. */
  batch: number
  left: number
}

/** Follows which batch of each rolling group a run has reached. */
export class BatchWatch {
  readonly #plan: Plan
  readonly #progress: readonly Progress[]

  constructor(plan: Plan) {
    this.#plan = plan
    const groups = new PlanGroups(plan)
    this.#progress = plan.rollings.map(rolling => {
      const group = plan.groups[groups.rollingGroup(rolling) ?? -1]
      const left = rolling.steps.reduce((sum, step) => sum + (plan.steps[step]?.targets.length ?? 0), 0)
      return { rolling, group: escapeText(group?.id ?? 'rolling'), batch: -1, left }
    })
  }

  /** @returns the batch that this event begins */
  add(event: RunEvent): Batch | undefined {
    if (event.kind !== 'node_started' && event.kind !== 'node_finished') return undefined
    const progress = this.#progress[this.#plan.steps[event.step]?.rolling ?? -1]
    if (progress === undefined) return undefined
    if (event.kind === 'node_finished') progress.left -= 1
    const batch = progress.rolling.batchOf[event.host] ?? 0
    // The nodes of batches that never start end too, as blocked.
    const isWork = event.kind === 'node_started' || satisfies(event.outcome) || event.outcome === 'failed'
    if (!isWork || batch <= progress.batch || batch >= progress.rolling.batches) return undefined
    progress.batch = batch
    return describe(progress)
  }

  /** The batches under way, one of each rolling group that has begun and not ended. */
  current(): readonly Batch[] {
    return this.#progress.filter(({ batch, left }) => batch >= 0 && left > 0).map(describe)
  }
}

function describe({ rolling, group, batch }: Progress): Batch {
  const hosts: number[] = []
  for (const [host, of] of rolling.batchOf.entries()) if (of === batch) hosts.push(host)
  return { group, number: batch + 1, of: rolling.batches, hosts }
}
