import { Command, Option } from '@commander-js/extra-typings'
import { applyFile } from './apply/apply-file.ts'
import type { CliContext } from './context.ts'
import { runTimeoutOption } from './options/duration-option.ts'
import {
  withBecome,
  withConnecting,
  withFolding,
  withLocks,
  withPlaybook,
  withReports,
} from './options/option-groups.ts'
import {
  forksOption,
  identityOption,
  noJournalOption,
  requireCleanOption,
  revOption,
  yesOption,
} from './options/options.ts'

/** `drover apply PLAYBOOK`: shows what would change, asks, and does it. */
export function command(context: CliContext) {
  const file = new Command('apply')
    .description('Apply a playbook to its hosts: shows what would change, asks, and does it.')
    .argument('<file>', 'a playbook file, or a plan that drover plan --out saved')
  const run = withBecome(withPlaybook(file))
    .addOption(identityOption())
    .addOption(forksOption())
    .addOption(runTimeoutOption())
  const asked = withConnecting(withLocks(run))
    .option('--dry-run', 'only show what would change; the same as drover plan')
    .option('--no-diff', 'do not show what changes inside of files')
    .addOption(revOption())
    .addOption(requireCleanOption())
    .addOption(yesOption())
    .option('--again', 'apply a saved plan that was applied before')
    .addOption(noJournalOption())
    .option('--detach', 'go on in the background once it has begun; prints the id of the run')
    .addOption(new Option('--handed-over').hideHelp())
  return withReports(withFolding(asked))
    .addHelpText(
      'after',
      `
Examples:
  drover apply deploy.yml                          preview, ask, apply
  drover apply deploy.yml --yes                    without a question
  drover apply deploy.yml -i prod.ini -l web       those of them in group web
  drover apply deploy.yml -e release=1.4.2         with another release
  drover apply plan.json                           just what a saved plan says
  drover apply deploy.yml --tags web,tls           steps with one of these tags
  drover apply deploy.yml --step restart           one step, with what it uses
  drover apply deploy.yml -b -K                    as root; asks for a password
  drover apply deploy.yml --timeout 30m            ends if it takes longer
  drover apply deploy.yml --dry-run                only show it
  drover apply deploy.yml --rev v1.4               as it was at a tag of git
  drover apply deploy.yml --yes --format json      an event a line, for programs
  drover apply deploy.yml --junit report.xml       and a report for CI systems
  drover apply check.yml --yes --fold              the same output once
  drover apply deploy.yml --detach                 a yes, then in the background

A host that another run has is left alone, and the run is refused: see drover
lock, or wait with --lock-timeout 10m.

What was approved is what is done: a step that would do something else by then
is refused, and so is what needs it. Without a terminal there must be --yes. A
saved plan asks nothing, and takes no options that say what to do.

With --detach the command ends once the run has begun, and prints its id. The
run goes on when the terminal is closed; drover attach RUN follows it, drover
stop RUN ends it.

The exit status is 0 if all steps succeeded, 1 if one failed or a host could not
be reached, 3 if something in the input is wrong and no host was touched, 4 if
it was refused, not approved, or another run has a host, 130 if it was
interrupted: Ctrl-C ends what runs in order, a second one at once. When the time
that --timeout gives is over, the run ends in the same order, and the exit
status is 1.
`,
    )
    .action((file, options) => applyFile(context, file, options))
}
