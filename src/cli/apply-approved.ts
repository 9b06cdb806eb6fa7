import { EXIT, type ExitStatus } from '../model/errors.ts'
import { plannedNodesOf } from '../plan/planned-nodes.ts'
import { plannedProgram } from '../plan/planned-program.ts'
import type { ApplyOptions } from './apply-options.ts'
import { askApproval } from './approval.ts'
import type { CliContext } from './context.ts'
import type { Inputs } from './inputs.ts'
import type { PreparedPool } from './prepare-pool.ts'

/** What is approved is what is done, or nothing. */
export async function applyApproved(
  context: CliContext,
  inputs: Inputs,
  pool: PreparedPool,
  options: ApplyOptions,
  execute: (approved: Inputs) => Promise<ExitStatus>,
): Promise<ExitStatus> {
  const approval = await askApproval(context, inputs, pool, options)
  if (approval.kind === 'interrupted') return EXIT.interrupted
  if (approval.kind === 'declined') return EXIT.refused
  if (approval.kind === 'pointless') return EXIT.failed
  const { plan } = inputs
  const next = inputs.again()
  const planned = plannedNodesOf(approval.preview, [context.cwd])
  return execute({ ...next, plan, program: plannedProgram(next.program, planned) })
}
