import { runFolder } from '../../journal/folder.ts'
import { factsOf } from '../../journal/history/summary.ts'
import { KeptOutput } from '../../journal/kept-output.ts'
import { ownerOf } from '../../journal/owner.ts'
import { findRun, type RunStory, readRun } from '../../journal/read-run.ts'
import { runStatus } from '../../journal/run-status.ts'
import { RunTail } from '../../journal/run-tail.ts'
import { EXIT } from '../../model/errors.ts'
import type { RunEvent, RunListener } from '../../model/event.ts'
import { NO_OUTPUT } from '../../model/outcome.ts'
import { escapeText } from '../../render/escape.ts'
import { createJsonRenderer } from '../../render/json.ts'
import { createLinesRenderer } from '../../render/lines.ts'
import { createPaint } from '../../render/paint.ts'
import type { RunRendererOptions } from '../../render/run/renderer.ts'
import { type RunHead, runHeadLines, unfinishedLines } from '../../render/run-head.ts'
import type { CliContext } from '../context.ts'
import { pastCiOf } from '../execute/ci.ts'
import { type ColorOption, wantsColor } from '../options/color.ts'
import { checkFold, type FoldOptions, foldOf } from '../options/fold.ts'
import { UsageError } from '../usage.ts'
import { callOf } from './call-of.ts'
import { type EventFilter, eventFilter } from './event-filter.ts'
import { followingRuns, readingRuns } from './reading-runs.ts'
import { tellNews } from './tell-news.ts'

export interface ShowRunOptions extends FoldOptions {
  readonly format: 'text' | 'json' | 'markdown'
  readonly output?: true | undefined
  readonly verbose?: true | undefined
  readonly step?: string | undefined
  readonly host?: string | undefined
  readonly color: ColorOption
}

/**
 * Tells a run again: as it is known by now, where it is going on.
 * @throws ProblemsError where there is no such run, or its journal is damaged
 */
export async function showRun(context: CliContext, named: string, options: ShowRunOptions): Promise<void> {
  if (options.format === 'markdown') throw new UsageError('--format markdown is for saved plans')
  checkFold(options)
  const { cwd } = context
  const id = readingRuns(() => findRun(cwd, named))
  const owner = readingRuns(() => ownerOf(runFolder(cwd, id)))
  const story = readRun(cwd, id)
  const wants = eventFilter(cwd, story.plan, options)
  context.exit(EXIT.ok)
  const { finished } = story
  const status = runStatus(
    { begun: true, finished: finished !== undefined, stopped: finished?.stopped },
    owner,
  )
  const lost = status.kind === 'broken_off' ? lostNodes(story) : []
  if (options.format === 'json') return tell(story, createJsonRenderer(context), wants, lost)
  await showText(context, story, headOf(story, status), wants, options)
}

async function showText(
  context: CliContext,
  story: RunStory,
  head: RunHead,
  wants: EventFilter,
  options: ShowRunOptions,
): Promise<void> {
  const { stdout, stderr } = context
  const color = wantsColor(context, stdout, options.color)
  const print = (lines: readonly string[]) => stdout.write(lines.map(line => `${line}\n`).join(''))
  const headLines = runHeadLines(head, createPaint(color), stdout.columns ?? Number.POSITIVE_INFINITY)
  print([...headLines, ...onlyLines(options), ''])
  const settings = {
    ...{ stdout, stderr, color: { stdout: color, stderr: color } },
    verbosity: options.output || options.verbose ? 1 : 0,
    shape: 'playbook' as const,
    fold: await foldOf(options),
    ci: await pastCiOf(context),
  }
  await tell(story, partByPart(story, settings, `${context.program} resume ${story.id}`), wants)
  if (story.finished === undefined) print(['', ...unfinishedLines(head, openNodes(story))])
}

/** A run that was resumed has several parts. What came before the last is no reason to resume it again. */
function partByPart({ events }: RunStory, settings: RunRendererOptions, resume: string): RunListener {
  const parts = events.filter(({ kind }) => kind === 'run_started').length
  const before = createLinesRenderer(settings)
  const last = createLinesRenderer({ ...settings, resume })
  let begun = 0
  return event => {
    if (event.kind === 'run_started') begun += 1
    return begun < parts ? before(event) : last(event)
  }
}

/** That the results and counts that follow are not all. */
function onlyLines({ step, host }: Pick<ShowRunOptions, 'step' | 'host'>): string[] {
  const what = [
    ...(step === undefined ? [] : [`step ${step}`]),
    ...(host === undefined ? [] : [`hosts ${host}`]),
  ]
  return what.length === 0 ? [] : [`  only results of ${escapeText(what.join(', '))} are shown and counted`]
}

/** @param lost what is told at the end, and stands in no journal */
async function tell(
  { id, folder }: RunStory,
  listener: RunListener,
  wants: EventFilter,
  lost: readonly RunEvent[] = [],
): Promise<void> {
  const tail = new RunTail(id, folder)
  try {
    await followingRuns(() => tellNews(tail, new KeptOutput(), listener, { wants }))
    for (const event of lost) if (wants(event)) await listener(event)
  } finally {
    tail.close()
  }
}

function headOf(story: RunStory, status: RunHead['status']): RunHead {
  const { id, record, events } = story
  const starts = events.flatMap(event => (event.kind === 'run_started' ? [event] : []))
  const { options, settings, version, pid, cwd } = record
  return {
    ...{ id, status, version, pid, cwd },
    facts: factsOf(story),
    startedAt: starts[0]?.at ?? 0,
    resumedAt: starts.slice(1).map(({ at }) => at),
    git: starts.at(-1)?.git,
    call: callOf(options, settings),
    now: Date.now(),
  }
}

/** What was under way when drover was gone. */
function lostNodes({ nodes, plan, events }: RunStory): RunEvent[] {
  const at = events.at(-1)?.at ?? 0
  const stepOf = new Map(plan.steps.map(({ id, index }) => [id, index]))
  const hostOf = new Map(plan.hosts.map(({ name }, index) => [name, index]))
  const message = 'drover was gone before it ended; it may or may not have run'
  const failure = { code: 'interrupted', message } as const
  const outcome = 'unknown'
  const result = { outcome, failure, stdout: NO_OUTPUT, stderr: NO_OUTPUT, durationMs: 0 } as const
  return [...nodes].flatMap(([step, host, { state }]): RunEvent[] => {
    const node = { step: stepOf.get(step), host: hostOf.get(host) }
    if (state !== 'sent' || node.step === undefined || node.host === undefined) return []
    return [{ kind: 'node_finished', at, step: node.step, host: node.host, outcome, result }]
  })
}

function openNodes({ nodes }: RunStory) {
  return [...nodes].flatMap(([step, host, { state }]) => (state === 'sent' ? [{ step, host }] : []))
}
