import type { Paint } from '../paint.ts'
import { runLabels } from './labels.ts'
import type { Printed } from './printed.ts'
import { renderRecap } from './recap.ts'
import type { RunRendererOptions } from './renderer.ts'
import type { RunTally } from './tally.ts'

/** For pipes and logs, which have no width of their own. */
const COLUMNS = 100

/** Whether failures show with their output at the end: a playbook's always, a single command's if it was quiet. */
export function keepsOutput({ shape, verbosity, fold }: RunRendererOptions): boolean {
  if (fold !== undefined) return false
  return shape === 'playbook' || verbosity < 0
}

/**
 * The recap of a finished run. For a playbook it is what was asked for and goes to stdout; for a single command the
 * hosts' output is the answer, and the recap accompanies it on stderr.
 */
export function printRecap(
  tally: RunTally,
  options: RunRendererOptions,
  paint: Readonly<Record<'stdout' | 'stderr', Paint>>,
): Printed {
  const { shape, verbosity } = options
  const playbook = shape === 'playbook'
  const place = playbook ? 'stdout' : 'stderr'
  const text = renderRecap(tally, runLabels(tally.plan), {
    paint: paint[place],
    columns: options[place].columns || COLUMNS,
    isTerminal: options[place].isTTY === true,
    table: playbook && verbosity >= 0,
    failures: keepsOutput(options) ? 'all' : 'several',
    totals: playbook ? 'steps' : 'hosts',
    quiet: verbosity < 0,
    resume: options.resume,
  })
  return { stdout: '', stderr: '', [place]: text }
}
