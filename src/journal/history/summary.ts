import { relative, resolve } from 'node:path'
import type { RunEvent, StopReason } from '../../model/event.ts'
import { OUTCOMES, type Outcome, satisfies } from '../../model/outcome.ts'
import { ProblemsError } from '../../model/problem.ts'
import { type RunStory, readRun } from '../read-run.ts'
import { startOfId } from '../run-id.ts'

/** What a history knows of a run. Times in ms since the epoch. */
export interface RunSummary {
  readonly id: string
  readonly startedAt: number
  /** Absent where nothing was recorded, or the journal is damaged. */
  readonly facts?: RunFacts
  /** What is wrong with the journal. */
  readonly damage?: string
}

export interface RunFacts {
  /** As the user named it. */
  readonly playbook: string
  /** Relative to the working folder. */
  readonly path: string
  readonly user: string
  readonly commit?: string
  /** Files that differed from the commit. */
  readonly dirty: number
  readonly hosts: number
  /** The last word on each node that anybody asked for; a hidden one counts where it did not do. */
  readonly counts: Readonly<Partial<Record<Outcome, number>>>
  /** Nodes of which nobody has heard since they were sent. */
  readonly inFlight: number
  /** From the start to the last event; of a run that went on after a stop, all of its parts together. */
  readonly workMs: number
  readonly endedAt: number
  readonly finished: boolean
  readonly stopped?: StopReason
  /** Means by step, of a run that did all of its work in one go: what the next one may take. */
  readonly stepMs?: Readonly<Record<string, number>>
}

/** Reads a run's journal. */
export function summarize(cwd: string, id: string): RunSummary {
  const startedAt = startOfId(id)
  try {
    const story = readRun(cwd, id)
    return { id, startedAt: story.events[0]?.at ?? startedAt, facts: factsOf(story) }
  } catch (error) {
    if (!(error instanceof ProblemsError)) throw error
    const [problem] = error.problems
    return problem?.code === 'run_damaged' ? { id, startedAt, damage: problem.message } : { id, startedAt }
  }
}

function factsOf(story: RunStory): RunFacts {
  const { record, plan, events, finished } = story
  const { playbook } = record.options
  const git = events.flatMap(event => (event.kind === 'run_started' ? (event.git ?? []) : [])).at(-1)
  const parts = partsOf(events)
  const { counts, inFlight } = countsOf(story)
  const facts = {
    playbook,
    path: relative(record.cwd, resolve(record.cwd, playbook)),
    user: record.user,
    ...(git?.commit === undefined ? {} : { commit: git.commit }),
    dirty: git?.dirtyCount ?? 0,
    hosts: plan.hosts.length,
    counts,
    inFlight,
    workMs: parts.reduce((sum, [from, to]) => sum + Math.max(0, to - from), 0),
    endedAt: events.at(-1)?.at ?? 0,
    finished: finished !== undefined,
    ...(finished?.stopped === undefined ? {} : { stopped: finished.stopped }),
  }
  const isGood =
    finished !== undefined &&
    finished.stopped === undefined &&
    parts.length === 1 &&
    OUTCOMES.every(outcome => satisfies(outcome) || finished.counts[outcome] === 0)
  return isGood ? { ...facts, stepMs: stepMeans(story) } : facts
}

/** When each part of the run began, and when the last thing in it happened. */
function partsOf(events: readonly RunEvent[]): readonly (readonly [from: number, to: number])[] {
  const starts = events.flatMap(({ kind }, at) => (kind === 'run_started' ? [at] : []))
  return starts.map((from, part) => [events[from]!.at, events[(starts[part + 1] ?? events.length) - 1]!.at])
}

function countsOf({ nodes, plan }: RunStory) {
  const hidden = new Set(plan.steps.flatMap(({ id, hidden }) => (hidden ? [id] : [])))
  const counts: Partial<Record<Outcome, number>> = {}
  let inFlight = 0
  for (const [step, , { outcome, state }] of nodes) {
    if (state !== 'ended') inFlight += 1
    else if (outcome !== undefined && !(hidden.has(step) && satisfies(outcome)))
      counts[outcome] = (counts[outcome] ?? 0) + 1
  }
  return { counts, inFlight }
}

function stepMeans({ nodes, plan }: RunStory): Readonly<Record<string, number>> {
  const means = plan.steps.flatMap(({ id }) => {
    const ran = [...nodes.of(id).values()].flatMap(({ outcome, result }) =>
      outcome === 'skipped' || result === undefined ? [] : [result.durationMs],
    )
    return ran.length === 0 ? [] : [[id, ran.reduce((sum, ms) => sum + ms, 0) / ran.length] as const]
  })
  return Object.fromEntries(means)
}
