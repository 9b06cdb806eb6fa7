import { resolve } from 'node:path'
import { gitFactsOf } from '../../git/facts.ts'
import type { ExitStatus } from '../../model/errors.ts'
import type { GitLook } from '../../model/git.ts'
import type { SealedPlan } from '../../plan/seal.ts'
import type { CliContext } from '../context.ts'
import { addBecomePassword, askedBecomePassword } from '../execute/become.ts'
import { executePlan } from '../execute/execute.ts'
import { type PreparedPool, withPool } from '../execute/prepare-pool.ts'
import { type Inputs, loadInputs } from '../inputs/inputs.ts'
import { requireClean } from '../inputs/require-clean.ts'
import { addSecrets } from '../inputs/secret-values.ts'
import { checkFold } from '../options/fold.ts'
import { optionsOf } from '../options/plan-options.ts'
import { tellLeftOut, tellWarnings } from '../report.ts'
import { checkReports } from '../reports/reports.ts'
import { earlierRun } from '../runs/earlier-run.ts'
import { beginRecording, settingsOf } from '../runs/recording.ts'
import { requireTerminal } from '../terminal/require-terminal.ts'
import { UsageError } from '../usage.ts'
import type { ApplyOptions } from './apply-options.ts'
import { isPlanFile } from './is-plan-file.ts'

/** Applies a saved plan, or a playbook file: that at once with `--yes`, else after a person has seen the preview and said yes. */
export async function applyFile(context: CliContext, file: string, options: ApplyOptions): Promise<void> {
  if (options.handedOver) return applyHandedOver(context)
  checkReports(context, options)
  checkFold(options)
  if (options.detach) (await import('../background/detach.ts')).checkDetach(options)
  const isPlan = isPlanFile(context.cwd, file)
  if (isPlan && !options.detach) return (await import('./apply-plan.ts')).applyPlan(context, file, options)
  if (options.again && !isPlan) throw new UsageError('--again is for saved plans', 'drover apply')
  if (options.dryRun && (options.junit ?? options.log ?? options.fold ?? options.diffOutput) !== undefined)
    throw new UsageError(
      '--dry-run runs nothing that --junit, --log, --fold or --diff-output could tell of',
      'drover apply',
    )
  if (options.dryRun) return (await import('../plan.ts')).showPlan(context, file, options)
  if (options.detach && (isPlan || options.yes))
    return (await import('../background/detach.ts')).applyInBackground(context, file, options)
  await applyPlaybook(context, file, options)
}

/** In the background. */
async function applyHandedOver(context: CliContext): Promise<void> {
  const { file, options, run, becomePassword, secretValues } = await (
    await import('../background/handover.ts')
  ).takeHandover()
  await applyFile(context, file, { ...options, run, becomePassword, secretValues })
}

async function applyPlaybook(context: CliContext, file: string, options: ApplyOptions): Promise<void> {
  const git = gitFactsOf(resolve(context.cwd, file))
  if (options.requireClean) requireClean(await git)
  await withPool(context, options, async pool => {
    const loaded = await loadFor(context, file, options)
    try {
      if (!options.yes) requireTerminal(context)
      await tellWarnings(context, loaded.warnings, options.color)
      const becomePassword = await askedBecomePassword(context, options)
      const ready = await addSecrets(context, loaded, options)
      const { secretValues } = ready
      const asked = { ...options, becomePassword, secretValues, playbook: file, git }
      const inputs = await addBecomePassword(context, ready, asked)
      const execute = (applied: Inputs, approved?: SealedPlan) => {
        if (!options.quiet) tellLeftOut(context, applied.plan)
        return perform(context, applied, pool, asked, approved)
      }
      if (options.yes) return context.exit(await execute(inputs))
      const { applyApproved } = await import('./apply-approved.ts')
      context.exit(await applyApproved(context, inputs, pool, asked, execute))
    } finally {
      await loaded.checkout?.close()
    }
  })
}

/** A run that was handed over has its id from there, and in expressions too. */
async function loadFor(context: CliContext, file: string, options: ApplyOptions): Promise<Inputs> {
  const { run } = options
  const loaded = await loadInputs(context, file, { ...options, planned: run })
  return run === undefined ? loaded : { ...loaded, run }
}

async function perform(
  context: CliContext,
  inputs: Inputs,
  pool: PreparedPool,
  options: ApplyOptions & { readonly playbook: string; readonly git: Promise<GitLook> },
  approved: SealedPlan | undefined,
): Promise<ExitStatus> {
  if (options.detach && approved !== undefined)
    return (await import('../background/detach.ts')).approvedInBackground(context, inputs, approved, options)
  const request = { options: optionsOf(options, inputs), settings: settingsOf(options), approved }
  const record = options.journal ? () => beginRecording(context, inputs, request) : undefined
  const shown = {
    ...{ ...options, record, timeoutMs: options.timeout?.ms },
    history: () => earlierRun(context.cwd, options.playbook),
    shape: 'playbook' as const,
  }
  return executePlan(context, inputs, pool, shown)
}
