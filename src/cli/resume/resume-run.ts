import { join } from 'node:path'
import { PLAN_FILE, runFolder } from '../../journal/folder.ts'
import { Past, type UnknownChoice } from '../../journal/past.ts'
import { readPastOutput } from '../../journal/past-output.ts'
import { findRun, type RunStory, readRun } from '../../journal/read-run.ts'
import { repairRun } from '../../journal/repair.ts'
import { resumedProgram } from '../../journal/resumed-program.ts'
import type { RunSettings } from '../../journal/run-record.ts'
import type { RunJournal } from '../../journal/writer.ts'
import type { ExitStatus } from '../../model/errors.ts'
import { ProblemsError } from '../../model/problem.ts'
import type { Program } from '../../model/program.ts'
import { count } from '../../model/quantity.ts'
import { plannedNodesIn } from '../../plan/planned-in-file.ts'
import { plannedProgram } from '../../plan/planned-program.ts'
import { readPlan } from '../../plan/read-plan.ts'
import type { CliContext } from '../context.ts'
import { type AskBecomePassOptions, addBecomePassword } from '../execute/become.ts'
import { type ExecuteOptions, executePlan } from '../execute/execute.ts'
import { type HostKeyOptions, type PreparedPool, withPool } from '../execute/prepare-pool.ts'
import { type Inputs, loadInputs } from '../inputs/inputs.ts'
import { addSecrets, type SecretOptions } from '../inputs/secret-values.ts'
import type { Duration } from '../options/duration-option.ts'
import { checkFold } from '../options/fold.ts'
import { inputOptionsOf } from '../options/plan-options.ts'
import { basesOf } from '../preview/save-preview.ts'
import { tellLeftOut, tellWarnings } from '../report.ts'
import { checkReports } from '../reports/reports.ts'
import { readingRuns } from '../runs/reading-runs.ts'
import { beginRecording, claim, orUnrecorded, settingsGiven } from '../runs/recording.ts'
import { type Changes, changesSince, didSameIn, refuseChanges } from './resume-changes.ts'
import { chooseUnknown, tellGone } from './resume-unknown.ts'

export interface ResumeOptions
  extends HostKeyOptions,
    AskBecomePassOptions,
    Omit<SecretOptions, 'color'>,
    Omit<ExecuteOptions, 'shape' | 'git' | 'record' | 'forks' | 'timeoutMs'> {
  /** Of the whole run, from here on. */
  readonly timeout?: Duration | undefined
  readonly forks?: number | undefined
  readonly rerunUnknown?: true | undefined
  readonly skipUnknown?: true | undefined
  readonly acceptChanges?: true | undefined
}

/**
 * Goes on with a run of the working folder.
 * @returns undefined where there is nothing left to do
 * @throws ProblemsError before any host is touched
 */
export async function resumeRun(
  context: CliContext,
  named: string,
  options: ResumeOptions,
): Promise<ExitStatus | undefined> {
  checkReports(context, options)
  checkFold(options)
  const { cwd } = context
  const id = readingRuns(() => findRun(cwd, named))
  // What is wrong with it is told before it is taken.
  const { finished, record: last } = readingRuns(() => readRun(cwd, id))
  claim(runFolder(cwd, id), id, finished && last.pid)
  const story = readRun(cwd, id)
  const settings = { ...story.record.settings, ...settingsGiven(options) }
  let status: ExitStatus | undefined
  await withPool(context, settings, async pool => {
    const loaded = await loadAgain(context, story)
    try {
      status = await goOn(context, story, loaded, pool, { ...options, settings })
    } finally {
      await loaded.checkout?.close()
    }
  })
  return status
}

/** Does what is left; undefined where nothing is. */
async function goOn(
  context: CliContext,
  story: RunStory,
  loaded: Inputs,
  pool: PreparedPool,
  options: ResumeOptions & { readonly settings: RunSettings },
): Promise<ExitStatus | undefined> {
  const { settings } = options
  const acceptChanges = options.acceptChanges === true
  const { changes, inputs: known } = await changesKnowingSecrets(context, story, loaded, options)
  if (!acceptChanges) refuseChanges(changes)
  await tellWarnings(context, loaded.warnings, options.color)
  const past = new Past(loaded.plan, story.nodes)
  if (past.left() === 0 && story.finished !== undefined) return tellNothingLeft(context, story)
  tellGone(context, past.gone())
  const choice = await chooseUnknown(context, loaded.plan, past.unknown(), options)
  const inputs = known ?? (await withSecrets(context, loaded, options))
  const bases = basesOf(context.cwd, inputs)
  const approved = approvedProgram(story, inputs, bases, { changes, acceptChanges })
  const program = await programOf(context, story, inputs, { past, choice, changes, approved })
  if (!options.quiet) tellLeftOut(context, inputs.plan)
  const resumed = { ...inputs, program }
  const record = () => recordFurther(context, resumed, story, settings, approved !== undefined)
  const shown = { ...options, ...settings, timeoutMs: options.timeout?.ms, shape: 'playbook' as const }
  return executePlan(context, resumed, pool, { ...shown, record })
}

/**
 * The record has no secrets, also where words of the plan are the same by chance: what seems to be another plan is only
 * known to be one once the secrets are.
 */
async function changesKnowingSecrets(
  context: CliContext,
  story: RunStory,
  loaded: Inputs,
  options: ResumeOptions,
): Promise<{ readonly changes: Changes; readonly inputs?: Inputs }> {
  const changes = await changesSince(context, story, loaded)
  if (!changes.mayBeSecret) return { changes }
  const inputs = await withSecrets(context, loaded, options)
  return { inputs, changes: await changesSince(context, story, inputs) }
}

async function withSecrets(context: CliContext, loaded: Inputs, options: ResumeOptions): Promise<Inputs> {
  return addSecrets(context, await addBecomePassword(context, loaded, options), options)
}

async function loadAgain(context: CliContext, { id, record }: RunStory): Promise<Inputs> {
  const { options } = record
  const loaded = await loadInputs(context, options.playbook, inputOptionsOf(options))
  return { ...loaded, run: { ...loaded.run, id } }
}

interface Going {
  readonly past: Past
  readonly choice: UnknownChoice
  readonly changes: Changes
  /** What was approved, where that still holds. */
  readonly approved: Program | undefined
}

async function programOf(
  context: CliContext,
  story: RunStory,
  inputs: Inputs,
  { past, choice, changes, approved }: Going,
): Promise<Program> {
  const { plan } = inputs
  const isChanged = changes.problems.length > 0
  const bases = basesOf(context.cwd, inputs)
  return resumedProgram(approved ?? inputs.program, {
    ...{ plan, past, unknown: choice },
    outputOf: await readPastOutput(story.folder, plan, past, inputs.usesOutput),
    ...(isChanged ? { didSame: didSameIn(past, changes, bases, context.secrets.mask) } : {}),
  })
}

/**
 * What was approved still holds for what is left, but for what the run has done of it.
 * @returns undefined where nothing was approved, or it does not hold any more
 * @throws ProblemsError where nobody can tell what it was, and nobody has said to go on all the same
 */
function approvedProgram(
  { folder, id, record }: RunStory,
  { program }: Inputs,
  bases: readonly string[],
  { changes, acceptChanges }: { readonly changes: Changes; readonly acceptChanges: boolean },
): Program | undefined {
  if (record.planned !== true || changes.problems.length > 0) return undefined
  try {
    const { document } = readPlan(join(folder, PLAN_FILE), `.drover/runs/${id}/${PLAN_FILE}`)
    return plannedProgram(program, plannedNodesIn(document, bases), true)
  } catch (error) {
    if (!(error instanceof ProblemsError)) throw error
    if (acceptChanges) return undefined
    const hint = 'it says what was approved; --accept-changes goes on without it'
    throw new ProblemsError(error.problems.map(problem => ({ ...problem, hint })))
  }
}

function recordFurther(
  context: CliContext,
  inputs: Inputs,
  { folder, record, lines, wholeBytes }: RunStory,
  settings: RunSettings,
  planned: boolean,
): Promise<RunJournal> {
  orUnrecorded(() => repairRun(folder, wholeBytes))
  return beginRecording(context, inputs, { options: record.options, settings, lines, planned })
}

function tellNothingLeft({ stdout }: CliContext, { id, plan }: RunStory): undefined {
  stdout.write(
    `Nothing is left to do in run ${id}: all of it has been done on ${count(plan.hosts.length, 'host')}.\n`,
  )
}
