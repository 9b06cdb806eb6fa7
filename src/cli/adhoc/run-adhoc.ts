import type { CliContext } from '../context.ts'
import { addBecomePassword, adhocBecome } from '../execute/become.ts'
import { executePlan } from '../execute/execute.ts'
import { type PreparedPool, withPool } from '../execute/prepare-pool.ts'
import { compileInputs } from '../inputs/inputs.ts'
import { checkFold } from '../options/fold.ts'
import { tellWarnings } from '../report.ts'
import { checkReports } from '../reports/reports.ts'
import { adhocInventory, hostPattern } from './hosts.ts'
import type { AdhocOptions } from './options.ts'
import { type AdhocPlay, type AdhocStep, adhocPlaybook } from './playbook.ts'

interface AdhocWork {
  readonly name: string
  readonly steps: readonly AdhocStep[]
}

/**
 * Runs what an ad hoc verb asks for: builds the playbook that it stands for, compiles and executes it.
 * @throws UsageError and ProblemsError before any host is touched
 */
export async function runAdhoc(context: CliContext, work: AdhocWork, options: AdhocOptions): Promise<void> {
  checkReports(context, options)
  checkFold(options)
  const pattern = hostPattern(options, context.program === 'drover' ? '-H' : '-h')
  await withPool(context, options, pool => runOn(pool, pattern, context, work, options))
}

async function runOn(
  pool: PreparedPool,
  pattern: string,
  context: CliContext,
  work: AdhocWork,
  options: AdhocOptions,
): Promise<void> {
  const { inventory, isLiteral } = await adhocInventory(context, options)
  const hosts = isLiteral ? 'all' : pattern
  const play: AdhocPlay = { ...work, hosts, timeout: options.timeout, become: adhocBecome(options) }
  const playbook = adhocPlaybook(play, context.cwd)
  const { limit } = options
  const inputs = compileInputs(context, { playbook, inventory, vars: {}, options: { limit } })
  await tellWarnings(context, inputs.warnings, options.color)
  if (options.saveAs !== undefined) {
    const { savePlay } = await import('./save-as.ts')
    savePlay(context, play, { ...options, saveAs: options.saveAs, isLiteral })
  }
  const shape = work.steps[0]?.kind === 'run' ? 'command' : 'copy'
  const known = await addBecomePassword(context, inputs, options)
  context.exit(
    await executePlan(context, known, pool, { ...options, timeoutMs: options.runTimeout?.ms, shape }),
  )
}
