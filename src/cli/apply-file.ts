import { resolve } from 'node:path'
import { gitFactsOf } from '../git/facts.ts'
import type { SealedPlan } from '../plan/seal.ts'
import type { ApplyOptions } from './apply-options.ts'
import { addBecomePassword } from './become.ts'
import type { CliContext } from './context.ts'
import { executePlan } from './execute.ts'
import { type Inputs, loadInputs } from './inputs.ts'
import { isPlanFile } from './is-plan-file.ts'
import { optionsOf } from './plan-options.ts'
import { withPool } from './prepare-pool.ts'
import { beginRecording, settingsOf } from './recording.ts'
import { tellLeftOut, tellWarnings } from './report.ts'
import { requireClean } from './require-clean.ts'
import { requireTerminal } from './require-terminal.ts'
import { UsageError } from './usage.ts'

/** Applies a saved plan, or a playbook file: that at once with `--yes`, else after a person has seen the preview and said yes. */
export async function applyFile(context: CliContext, file: string, options: ApplyOptions): Promise<void> {
  if (isPlanFile(context.cwd, file))
    return (await import('./apply-plan.ts')).applyPlan(context, file, options)
  if (options.again) throw new UsageError('--again is for saved plans', 'drover apply')
  if (options.dryRun) return (await import('./plan.ts')).showPlan(context, file, options)
  const git = gitFactsOf(resolve(context.cwd, file))
  if (options.requireClean) requireClean(await git)
  await withPool(context, options, async pool => {
    const loaded = await loadInputs(context, file, options)
    try {
      if (!options.yes) requireTerminal(context)
      await tellWarnings(context, loaded.warnings, options.color)
      const inputs = await addBecomePassword(context, loaded, options)
      const execute = (applied: Inputs, approved?: SealedPlan) => {
        if (!options.quiet) tellLeftOut(context, applied.plan)
        const given = { ...options, playbook: file }
        const request = { options: optionsOf(given, applied), settings: settingsOf(options), approved }
        const record = options.journal ? () => beginRecording(context, applied, request) : undefined
        const timeoutMs = options.timeout?.ms
        return executePlan(context, applied, pool, { ...options, git, record, timeoutMs, shape: 'playbook' })
      }
      if (options.yes) return context.exit(await execute(inputs))
      const { applyApproved } = await import('./apply-approved.ts')
      const asked = { ...options, playbook: file, git }
      context.exit(await applyApproved(context, inputs, pool, asked, execute))
    } finally {
      await loaded.checkout?.close()
    }
  })
}
