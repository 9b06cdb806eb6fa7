import { resolve } from 'node:path'
import { gitFactsOf } from '../../git/facts.ts'
import { ProblemsError } from '../../model/problem.ts'
import { recordApplied } from '../../plan/applied.ts'
import { changedInputs } from '../../plan/changed-inputs.ts'
import { planDrift, sketchDrift } from '../../plan/plan-drift.ts'
import { plannedNodesIn } from '../../plan/planned-in-file.ts'
import { plannedProgram } from '../../plan/planned-program.ts'
import { type ReadPlan, readPlan } from '../../plan/read-plan.ts'
import { expandGlob } from '../../steps/put/local-glob.ts'
import type { CliContext } from '../context.ts'
import { addBecomePassword } from '../execute/become.ts'
import { executePlan } from '../execute/execute.ts'
import { maskingOf } from '../execute/masking.ts'
import { withPool } from '../execute/prepare-pool.ts'
import { type Inputs, loadInputs } from '../inputs/inputs.ts'
import { addSecrets } from '../inputs/secret-values.ts'
import { inputOptionsOf } from '../options/plan-options.ts'
import { basesOf } from '../preview/save-preview.ts'
import { tellWarnings } from '../report.ts'
import { earlierRun } from '../runs/earlier-run.ts'
import { beginRecording, settingsOf } from '../runs/recording.ts'
import { UsageError } from '../usage.ts'
import type { ApplyOptions } from './apply-options.ts'

/** Options that say what a playbook is applied to: a saved plan has its own. */
export const PLANNING_OPTIONS = [
  ...[
    'inventory',
    'sshConfig',
    'allowMatchExec',
    'limit',
    'var',
    'tags',
    'skipTags',
    'step',
    'rev',
    'allowOutside',
  ],
  ...['become', 'becomeUser', 'becomeMethod', 'dryRun', 'requireClean'],
] as const satisfies readonly (keyof ApplyOptions)[]

/**
 * Applies a saved plan: just what it says, without a question, or nothing where something is no longer as it was.
 * @throws ProblemsError before any host is touched
 */
export async function applyPlan(context: CliContext, file: string, options: ApplyOptions): Promise<void> {
  const { cwd } = context
  const given = PLANNING_OPTIONS.find(name => options[name] !== undefined)
  if (given !== undefined)
    throw new UsageError(
      `${optionName(given)} is for making a plan, and a saved one is applied as it is`,
      'drover apply',
    )
  const plan = readPlan(resolve(cwd, file), file)
  const git = gitFactsOf(resolve(cwd, plan.document.options.playbook))
  const changed = await changedInputs(plan.document.inputs, cwd, expandGlob)
  if (changed.length > 0) throw new ProblemsError(changed)
  // Nothing asks: a host that is not known is an error.
  const settings = { ...options, hostKeyPolicy: options.hostKeyPolicy ?? ('strict' as const) }
  await withPool(context, { ...options, unasked: true }, async pool => {
    const loaded = await inputsOf(context, plan, options)
    const inputs = { ...loaded, run: options.run ?? loaded.run }
    try {
      const again = options.again === true
      const planned = plannedNodesIn(plan.document, basesOf(cwd, inputs))
      const program = plannedProgram(inputs.program, planned, again)
      const { id, user, started } = inputs.run
      const takeBack = recordApplied(cwd, plan.checksum, { time: started, user, run: id }, again)
      const request = {
        options: plan.document.options,
        settings: settingsOf(settings),
        approved: plan.sealed,
      }
      const begin = () =>
        beginRecording(context, inputs, request).catch(error => {
          takeBack()
          throw error
        })
      const record = options.journal ? begin : undefined
      const { timeout } = options
      const shown = {
        ...{ ...settings, git, record, timeoutMs: timeout?.ms },
        history: () => earlierRun(cwd, plan.document.options.playbook),
        shape: 'playbook' as const,
      }
      context.exit(await executePlan(context, { ...inputs, program }, pool, shown))
    } finally {
      await inputs.checkout?.close()
    }
  })
}

/** What the plan was made of, compiled again. */
async function inputsOf(context: CliContext, plan: ReadPlan, options: ApplyOptions): Promise<Inputs> {
  const saved = plan.document.options
  const loaded = await loadInputs(context, saved.playbook, inputOptionsOf(saved))
  try {
    const bases = basesOf(context.cwd, loaded)
    const others = sketchDrift(plan.document, loaded.plan, loaded.sketch, bases)
    if (others.length > 0) throw new ProblemsError(others)
    await tellWarnings(context, loaded.warnings, options.color)
    const inputs = await addSecrets(context, await addBecomePassword(context, loaded, options), options)
    // The saved plan has no secrets, also where its words are the same by chance: it can only be compared once they are known.
    const drift = planDrift(plan.document, inputs.plan, maskingOf(context, inputs.plan.hosts))
    if (drift.length > 0) throw new ProblemsError(drift)
    return inputs
  } catch (error) {
    await loaded.checkout?.close()
    throw error
  }
}

function optionName(name: string): string {
  return `--${name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`
}
