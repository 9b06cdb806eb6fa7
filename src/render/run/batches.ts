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
  /** The batch is over, and the next one begins then, in ms since the epoch. */
  readonly nextAt?: number
}

/** A rolling group that ended before its last batch. */
export interface CutRolling {
  readonly group: string
  /** The last batch that began, from 1. */
  readonly number: number
  readonly of: number
  /** On which it never began. */
  readonly hosts: readonly number[]
}

interface Progress {
  readonly rolling: Rolling
  readonly group: string
  /** From 0; -1 before the first. */
  batch: number
  /** Nodes that have not ended, by batch. */
  readonly left: number[]
  /** When the last node of the batch under way ended. */
  overAt: number
  /** Hosts on which something was kept from beginning by what happened elsewhere. */
  readonly kept: Set<number>
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
      const left = nodesByBatch(rolling, plan)
      return {
        rolling,
        group: escapeText(group?.id ?? 'rolling'),
        batch: -1,
        left,
        overAt: 0,
        kept: new Set(),
      }
    })
  }

  /** @returns the batch that this event begins */
  add(event: RunEvent): Batch | undefined {
    if (event.kind !== 'node_started' && event.kind !== 'node_finished') return undefined
    const progress = this.#progress[this.#plan.steps[event.step]?.rolling ?? -1]
    if (progress === undefined) return undefined
    const batch = batchOf(progress.rolling, event.host)
    if (event.kind === 'node_finished') endNode(progress, batch, event)
    // The nodes of batches that never start end too, as blocked.
    const isWork = event.kind === 'node_started' || satisfies(event.outcome) || event.outcome === 'failed'
    if (!isWork || batch <= progress.batch) return undefined
    progress.batch = batch
    return describe(progress)
  }

  /** The batches under way, one of each rolling group that has begun and not ended. */
  current(): readonly Batch[] {
    return this.#progress.filter(({ batch, left }) => batch >= 0 && left.some(n => n > 0)).map(describe)
  }

  /** Once the run is over: the rolling groups that began and did not come to all of their hosts. */
  cut(): readonly CutRolling[] {
    return this.#progress.flatMap(({ rolling, group, batch, kept }) => {
      const hosts = [...kept].filter(host => batchOf(rolling, host) > batch).toSorted((a, b) => a - b)
      return batch < 0 || hosts.length === 0 ? [] : [{ group, number: batch + 1, of: rolling.batches, hosts }]
    })
  }
}

function endNode(progress: Progress, batch: number, event: RunEvent & { kind: 'node_finished' }): void {
  progress.left[batch] = (progress.left[batch] ?? 0) - 1
  if (batch === progress.batch && progress.left[batch] === 0) progress.overAt = event.at
  const { outcome, cause, host } = event
  const isKept = outcome === 'cancelled' || (outcome === 'blocked' && cause?.host !== host)
  if (isKept) progress.kept.add(host)
}

function nodesByBatch(rolling: Rolling, plan: Plan): number[] {
  const nodes = Array.from({ length: rolling.batches }, () => 0)
  for (const step of rolling.steps)
    for (const host of plan.steps[step]?.targets ?? []) {
      const batch = batchOf(rolling, host)
      nodes[batch] = (nodes[batch] ?? 0) + 1
    }
  return nodes
}

/** Hosts that are in no batch go with the first. */
function batchOf(rolling: Rolling, host: number): number {
  const batch = rolling.batchOf[host] ?? 0
  return batch < rolling.batches ? batch : 0
}

function describe({ rolling, group, batch, left, overAt }: Progress): Batch {
  const hosts: number[] = []
  for (const [host, of] of rolling.batchOf.entries()) if (of === batch) hosts.push(host)
  const isOver = left[batch] === 0 && rolling.pauseMs > 0
  const next = isOver ? { nextAt: overAt + rolling.pauseMs } : {}
  return { group, number: batch + 1, of: rolling.batches, hosts, ...next }
}
