import { join } from 'node:path'
import { makeRunFolder, PLAN_FILE } from '../../journal/folder.ts'
import type { ExitStatus } from '../../model/errors.ts'
import { ProblemsError } from '../../model/problem.ts'
import { savePlan } from '../../plan/save-plan.ts'
import type { SealedPlan } from '../../plan/seal.ts'
import type { ApplyOptions } from '../apply/apply-options.ts'
import { PLANNING_OPTIONS } from '../apply/apply-plan.ts'
import type { CliContext } from '../context.ts'
import { askedBecomePassword } from '../execute/become.ts'
import type { Inputs } from '../inputs/inputs.ts'
import { newRun } from '../runs/new-run.ts'
import { unrecorded } from '../runs/recording.ts'
import { UsageError } from '../usage.ts'
import { runInBackground } from './background.ts'

/** @throws UsageError where options make no sense for a run in the background */
export function checkDetach({ dryRun, journal, format, fold, diffOutput }: ApplyOptions): void {
  if (dryRun) throw new UsageError('--dry-run has nothing to do in the background', 'drover apply')
  if (!journal)
    throw new UsageError('--detach needs the journal: without one nobody can follow the run', 'drover apply')
  if (format !== undefined)
    throw new UsageError(
      '--format is for what is shown: drover attach RUN --format follows a run in the background',
      'drover apply',
    )
  if (fold || diffOutput)
    throw new UsageError(
      '--fold and --diff-output are for what is shown: drover show RUN has them too, once the run is over',
      'drover apply',
    )
}

/** Has a playbook or a saved plan, about which nothing is to be asked, applied in the background. */
export async function applyInBackground(
  context: CliContext,
  file: string,
  options: ApplyOptions,
): Promise<void> {
  const becomePassword = await askedBecomePassword(context, options)
  const handover = { file, options: daemonOptions(options), run: newRun(context), becomePassword }
  context.exit(await runInBackground(context, handover))
}

/** Has what was approved done in the background: it lies in the run's folder as a saved plan. */
export async function approvedInBackground(
  context: CliContext,
  { run }: Inputs,
  approved: SealedPlan,
  options: ApplyOptions,
): Promise<ExitStatus> {
  const { cwd } = context
  keepApproved(cwd, run.id, approved)
  // The plan has those that say what to do.
  const planning = new Set<string>([...PLANNING_OPTIONS, 'playbook', 'git'])
  const others = Object.entries(daemonOptions(options)).filter(([name]) => !planning.has(name))
  const handover = {
    file: join('.drover', 'runs', run.id, PLAN_FILE),
    options: Object.fromEntries(others) as unknown as ApplyOptions,
    run,
    becomePassword: options.becomePassword,
    secretValues: options.secretValues,
  }
  return runInBackground(context, handover, true)
}

function keepApproved(cwd: string, id: string, approved: SealedPlan): void {
  try {
    const problem = savePlan(join(makeRunFolder(cwd, id), PLAN_FILE), PLAN_FILE, approved)
    if (problem !== undefined) throw new ProblemsError([problem])
  } catch (error) {
    throw error instanceof ProblemsError ? error : unrecorded(error as NodeJS.ErrnoException)
  }
}

/** It shows nothing and asks nothing. */
function daemonOptions({
  detach: _,
  becomePassword: __,
  secretValues: ___,
  ...same
}: ApplyOptions): ApplyOptions {
  return { ...same, yes: true, format: 'lines', verbose: 0 }
}
