import { resolve } from 'node:path'
import type { GitLook } from '../../model/git.ts'
import type { Preview } from '../../model/preview.ts'
import { ProblemsError } from '../../model/problem.ts'
import type { PlanInputs } from '../../plan/document.ts'
import { factorNodes } from '../../plan/factor.ts'
import { digestInputs } from '../../plan/inputs.ts'
import { savePlan } from '../../plan/save-plan.ts'
import { type SealedPlan, sealPlan } from '../../plan/seal.ts'
import { sketchDigests } from '../../plan/sketch-digests.ts'
import { storePlan } from '../../plan/store-plan.ts'
import { expandGlob } from '../../steps/put/local-glob.ts'
import type { CliContext } from '../context.ts'
import { maskingOf } from '../execute/masking.ts'
import type { InputOptions, Inputs } from '../inputs/inputs.ts'
import { optionsOf } from '../options/plan-options.ts'
import { version } from '../version.ts'
import { planRoots, sentFiles } from './plan-roots.ts'
import { checkOptions, checkOutFile } from './savable.ts'

/**
 * Saves what a preview found as a plan that can be applied.
 * @throws ProblemsError where a file that the plan rests on cannot be read, or the plan not be written
 */
export async function savePreview(
  context: CliContext,
  preview: Preview,
  inputs: Inputs,
  options: InputOptions & { readonly playbook: string; readonly out: string; readonly git: GitLook },
): Promise<void> {
  const sealed = await sealPreview(context, preview, inputs, options, found =>
    checkOutFile(context.cwd, options.out, found),
  )
  const problem = savePlan(resolve(context.cwd, options.out), options.out, sealed)
  if (problem !== undefined) throw new ProblemsError([problem])
}

/**
 * What a preview found, as the text of a plan.
 * @param checkInputs is shown the files that it rests on
 * @throws ProblemsError where such a file cannot be read
 */
export async function sealPreview(
  context: CliContext,
  preview: Preview,
  inputs: Inputs,
  options: InputOptions & { readonly playbook: string; readonly git: GitLook },
  checkInputs: (found: PlanInputs) => void = () => {},
): Promise<SealedPlan> {
  const { cwd } = context
  const { plan, unreachable, counts } = preview
  const { run, checkout } = inputs
  const git = checkout?.facts ?? (options.git.kind === 'facts' ? options.git.facts : undefined)
  const mask = maskingOf(context, plan.hosts)
  const made = optionsOf(options, inputs)
  checkOptions(made, mask)
  const found = await digestInputs(planRoots(cwd, inputs, sentFiles(preview), options), cwd, expandGlob)
  checkInputs(found)
  return sealPlan(
    {
      made: { time: run.started, user: run.user, version: version(), ...(git === undefined ? {} : { git }) },
      options: made,
      inputs: found,
      plan: storePlan(plan),
      sketches: sketchDigests(plan, inputs.sketch, basesOf(cwd, inputs)),
      unreachable: [...unreachable],
      counts,
      ...factorNodes(preview, basesOf(cwd, inputs)),
    },
    mask,
  )
}

/** Local paths lie below the working folder, or below its copy at a revision. */
export function basesOf(cwd: string, { checkout }: Pick<Inputs, 'checkout'>): readonly string[] {
  const copy = checkout?.path(cwd)
  return copy === undefined ? [cwd] : [cwd, copy]
}
