import { Command } from '@commander-js/extra-typings'
import { EXIT } from '../model/errors.ts'
import type { CliContext } from './context.ts'
import { askBecomePassOption } from './execute/become.ts'
import { runTimeoutOption } from './options/duration-option.ts'
import { withConnecting, withFolding, withLocks, withReports } from './options/option-groups.ts'
import { forksAgainOption, identityOption } from './options/options.ts'
import { resumeRun } from './resume/resume-run.ts'
import { UsageError } from './usage.ts'

/** `drover resume RUN`: goes on with a run that was stopped. */
export function command(context: CliContext) {
  const run = new Command('resume')
    .description('Go on with a run that failed, was interrupted or was killed.')
    .argument('<run>', 'the id of a run, the beginning of it, or: last')
    .option('--rerun-unknown', 'run steps again of which nobody knows whether they ran')
    .option('--skip-unknown', 'leave them as they are, and go on as if they had been done')
    .option('--accept-changes', 'go on though the playbook, the inventory or files have changed')
    .addOption(askBecomePassOption())
    .addOption(identityOption())
    .addOption(forksAgainOption())
    .addOption(runTimeoutOption())
  return withReports(withFolding(withConnecting(withLocks(run))))
    .addHelpText('after', EXAMPLES)
    .action(async (run, options) => {
      if (options.rerunUnknown && options.skipUnknown)
        throw new UsageError('--rerun-unknown and --skip-unknown say the opposite', 'drover resume')
      context.exit((await resumeRun(context, run, options)) ?? EXIT.ok)
    })
}

const EXAMPLES = `
Examples:
  drover resume last                               the newest run of this folder
  drover resume 20261121-014233-9f3c               this one
  drover resume 20261121-0142                      the one whose id begins so
  drover resume last --accept-changes              the playbook has been mended
  drover resume last --rerun-unknown               without a question

Steps that ended ok, changed or skipped do not run again. All others do: those
that failed, were blocked or cancelled, and those that had not begun. Where a
step was under way when drover or the link was lost, nobody knows whether it
ran: drover asks, unless an option says what to do.

The run keeps its variables, limits, tags and the options that say how hosts are
reached, unless they are given anew. The exit status is that of apply,
and 4 if something has changed, or the run is still going on.
`
