import { join } from 'node:path'
import { makeRunFolder, PLAN_FILE } from '../../journal/folder.ts'
import { claimRun } from '../../journal/owner.ts'
import { pruneRuns } from '../../journal/prune.ts'
import type { RunRecord, RunSettings } from '../../journal/run-record.ts'
import { openJournal, type RunJournal } from '../../journal/writer.ts'
import { LIMITS } from '../../model/limits.ts'
import type { Plan } from '../../model/plan.ts'
import { ProblemsError } from '../../model/problem.ts'
import type { PlanOptions } from '../../plan/document.ts'
import { digestInputs } from '../../plan/inputs.ts'
import { savePlan } from '../../plan/save-plan.ts'
import type { SealedPlan } from '../../plan/seal.ts'
import { sketchDigests } from '../../plan/sketch-digests.ts'
import { storePlan } from '../../plan/store-plan.ts'
import { expandGlob } from '../../steps/put/local-glob.ts'
import type { CliContext } from '../context.ts'
import { maskingOf } from '../execute/masking.ts'
import type { Inputs } from '../inputs/inputs.ts'
import { filesToSend, planRoots } from '../preview/plan-roots.ts'
import { basesOf } from '../preview/save-preview.ts'
import { version } from '../version.ts'
import { keepRuns } from './keep-runs.ts'

/** What of a run is recorded besides what happens in it. */
export interface RecordRequest {
  readonly options: PlanOptions
  readonly settings: RunSettings
  /** What each node was approved to do. */
  readonly approved?: SealedPlan | undefined
  /** Of a run that goes on: whether that is still in its folder. */
  readonly planned?: boolean
  /** Of a run that goes on: how many lines its journal has. Absent: the run is new. */
  readonly lines?: number | undefined
}

/**
 * Begins the journal of a run in `.drover/runs` of the working folder, before anything is sent.
 * @throws ProblemsError where it cannot: nothing runs that is not recorded
 */
export async function beginRecording(
  context: CliContext,
  inputs: Inputs,
  request: RecordRequest,
): Promise<RunJournal> {
  const { cwd } = context
  const { plan, run } = inputs
  const keep = keepRuns(context.env)
  const record = await recordOf(context, inputs, request)
  try {
    const folder = makeRunFolder(cwd, run.id)
    if (request.lines === undefined) claim(folder, run.id)
    if (request.approved !== undefined) keepPlan(folder, request.approved)
    if (request.lines === undefined) pruneRuns(cwd, { keep, now: Date.now(), most: LIMITS.prunedAtOnce })
    const { lines } = request
    const bases = basesOf(cwd, inputs)
    const mask = maskingOf(context, plan.hosts)
    return await openJournal({
      folder,
      record,
      plan,
      run: run.id,
      bases,
      mask,
      ...(lines === undefined ? {} : { lines }),
    })
  } catch (error) {
    if (error instanceof ProblemsError) throw error
    throw unrecorded(error as NodeJS.ErrnoException)
  }
}

/** What a command line says of how hosts are reached: no more than it does. */
export function settingsGiven({
  forks,
  knownHosts,
  hostKeyPolicy,
  connectRetries,
  connectTimeout,
}: GivenSettings): Partial<RunSettings> {
  return {
    ...(forks === undefined ? {} : { forks }),
    ...(knownHosts === undefined ? {} : { knownHosts }),
    ...(hostKeyPolicy === undefined ? {} : { hostKeyPolicy }),
    ...(connectRetries === undefined ? {} : { connectRetries }),
    ...(connectTimeout === undefined ? {} : { connectTimeout }),
  }
}

/** The same of a new run. */
export function settingsOf(given: GivenSettings & Pick<RunSettings, 'forks'>): RunSettings {
  return { ...settingsGiven(given), forks: given.forks }
}

type GivenSettings = { readonly [K in keyof RunSettings]?: RunSettings[K] | undefined }

/**
 * Makes this process the one that executes a run.
 * @param ended see `claimRun`
 * @throws ProblemsError where another one does, or the folder cannot be written
 */
export function claim(folder: string, id: string, ended?: number): void {
  const owner = orUnrecorded(() => claimRun(folder, ended))
  if (owner === undefined) return
  const isElsewhere = owner.state === 'elsewhere'
  const where = isElsewhere ? ` on ${owner.machine}` : ''
  throw new ProblemsError([
    {
      code: 'run_state',
      severity: 'error',
      message: `run ${id} is going on: process ${owner.pid}${where}`,
      hint: isElsewhere
        ? `drover stop ${id} ends it there; if that machine is no more, remove .drover/runs/${id}/pid*`
        : `drover attach ${id} follows it, drover stop ${id} ends it`,
    },
  ])
}

/** @throws ProblemsError where the run's folder cannot be read or written */
export function orUnrecorded<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw unrecorded(error as NodeJS.ErrnoException)
  }
}

async function recordOf(
  context: CliContext,
  inputs: Inputs,
  { options, settings, approved, planned }: RecordRequest,
): Promise<RunRecord> {
  const { cwd } = context
  const { plan, run, sketch } = inputs
  const mask = maskingOf(context, plan.hosts)
  const roots = planRoots(cwd, inputs, filesToSend(inputs), { var: options.vars })
  const isMasked = Object.values(options)
    .flat()
    .some(text => typeof text === 'string' && mask(text) !== text)
  return {
    version: version(),
    user: run.user,
    pid: process.pid,
    cwd,
    options,
    settings,
    inputs: await digestInputs(roots, cwd, expandGlob, LIMITS.recordedFileBytes),
    plan: storePlan(plan),
    sketches:
      countNodes(plan) > LIMITS.recordedNodes ? '' : sketchDigests(plan, sketch, basesOf(cwd, inputs)),
    ...(approved !== undefined || planned === true ? { planned: true } : {}),
    ...(isMasked ? { masked: true } : {}),
  }
}

function countNodes({ steps }: Plan): number {
  return steps.reduce((sum, { targets }) => sum + targets.length, 0)
}

function keepPlan(folder: string, approved: SealedPlan): void {
  const problem = savePlan(join(folder, PLAN_FILE), PLAN_FILE, approved)
  if (problem !== undefined) throw new ProblemsError([problem])
}

/** Why a run cannot have a folder. */
export function unrecorded({ code, message }: NodeJS.ErrnoException): ProblemsError {
  return new ProblemsError([
    {
      code: 'journal',
      severity: 'error',
      message: `the run cannot be recorded in .drover/runs of this folder (${code ?? message})`,
      hint: 'check the folder, its permissions and the disk; drover apply --no-journal runs without a record',
    },
  ])
}
