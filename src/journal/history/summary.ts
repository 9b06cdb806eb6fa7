import { relative, resolve } from 'node:path'
import type { RunEvent } from '../../model/event.ts'
import { OUTCOMES, type Outcome, satisfies } from '../../model/outcome.ts'
import { ProblemsError } from '../../model/problem.ts'
import type { RunFacts, RunSummary } from '../../model/run-summary.ts'
import { type RunStory, readRun } from '../read-run.ts'
import { startOfId } from '../run-id.ts'

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

/** What a history knows of a run whose journal is sound. */
export function factsOf(story: RunStory): RunFacts {
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

/** Of what was sent and never heard of again nobody knows more once the run is over: its step may be gone since. */
function countsOf({ nodes, plan, finished }: RunStory) {
  const hidden = new Set(plan.steps.flatMap(({ id, hidden }) => (hidden ? [id] : [])))
  const counts: Partial<Record<Outcome, number>> = {}
  let inFlight = 0
  for (const [step, , { outcome, state }] of nodes) {
    if (state === 'sent' && finished === undefined) inFlight += 1
    else if (state === 'sent') counts.unknown = (counts.unknown ?? 0) + 1
    else if (outcome !== undefined && !(hidden.has(step) && satisfies(outcome)))
      counts[outcome] = (counts[outcome] ?? 0) + 1
  }
  const inOrder = OUTCOMES.flatMap(outcome => (counts[outcome] ? [[outcome, counts[outcome]] as const] : []))
  return { counts: Object.fromEntries(inOrder), inFlight }
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
