import { EXIT, type ExitStatus } from '../../model/errors.ts'
import type { GitLook } from '../../model/git.ts'
import type { Preview } from '../../model/preview.ts'
import { ProblemsError } from '../../model/problem.ts'
import { plannedNodesOf } from '../../plan/planned-nodes.ts'
import { plannedProgram } from '../../plan/planned-program.ts'
import type { SealedPlan } from '../../plan/seal.ts'
import type { CliContext } from '../context.ts'
import type { PreparedPool } from '../execute/prepare-pool.ts'
import type { Inputs } from '../inputs/inputs.ts'
import { sealPreview } from '../preview/save-preview.ts'
import type { ApplyOptions } from './apply-options.ts'
import { askApproval } from './approval.ts'

/** What is approved is what is done, or nothing. */
export async function applyApproved(
  context: CliContext,
  inputs: Inputs,
  pool: PreparedPool,
  options: ApplyOptions & { readonly playbook: string; readonly git: Promise<GitLook> },
  execute: (applied: Inputs, approved: SealedPlan | undefined) => Promise<ExitStatus>,
): Promise<ExitStatus> {
  const approval = await askApproval(context, inputs, pool, options)
  if (approval.kind === 'interrupted') return EXIT.interrupted
  if (approval.kind === 'declined') return EXIT.refused
  if (approval.kind === 'pointless') return EXIT.failed
  const { plan, secretValues } = inputs
  const next = inputs.again()
  const planned = plannedNodesOf(approval.preview, [context.cwd])
  const applied = {
    ...next,
    plan,
    ...(secretValues === undefined ? {} : { secretValues }),
    program: plannedProgram(next.program, planned),
  }
  return execute(
    applied,
    options.journal ? await sealed(context, approval.preview, inputs, options) : undefined,
  )
}

/**
 * For going on with the run later; a plan that cannot be kept is no reason not to do what was approved, unless another
 * process is to do it.
 */
async function sealed(
  context: CliContext,
  preview: Preview,
  inputs: Inputs,
  options: ApplyOptions & { readonly playbook: string; readonly git: Promise<GitLook> },
): Promise<SealedPlan | undefined> {
  try {
    return await sealPreview(context, preview, inputs, { ...options, git: await options.git })
  } catch (error) {
    if (error instanceof ProblemsError && !options.detach) return undefined
    throw error
  }
}
