import { resolve } from 'node:path'
import { Command } from '@commander-js/extra-typings'
import { gitFactsOf } from '../git/facts.ts'
import { askBecomePassOption, becomeMethodOption, becomeOption, becomeUserOption } from './become.ts'
import type { CliContext } from './context.ts'
import { executePlan } from './execute.ts'
import { loadInputs } from './inputs.ts'
import {
  allowOutsideOption,
  colorOption,
  forksOption,
  hostKeyPolicyOption,
  inventoryOption,
  knownHostsOption,
  limitOption,
  quietOption,
  requireCleanOption,
  revOption,
  runFormatOption,
  skipTagsOption,
  stepOption,
  tagsOption,
  varOption,
  verboseOption,
  yesOption,
} from './options.ts'
import { withPool } from './prepare-pool.ts'
import { tellLeftOut, tellWarnings } from './report.ts'
import { requireClean } from './require-clean.ts'

/** `drover apply PLAYBOOK`: compiles it, runs it, shows it. */
export function command(context: CliContext) {
  return new Command('apply')
    .description('Apply a playbook to its hosts.')
    .argument('<playbook>', 'a playbook file')
    .addOption(inventoryOption())
    .addOption(limitOption())
    .addOption(varOption())
    .addOption(tagsOption())
    .addOption(skipTagsOption())
    .addOption(stepOption())
    .addOption(allowOutsideOption())
    .addOption(becomeOption())
    .addOption(becomeUserOption())
    .addOption(becomeMethodOption())
    .addOption(askBecomePassOption())
    .addOption(forksOption())
    .addOption(knownHostsOption())
    .addOption(hostKeyPolicyOption())
    .option('--dry-run', 'only show what would be done, without connecting; the same as drover plan')
    .addOption(revOption())
    .addOption(requireCleanOption())
    .addOption(yesOption())
    .addOption(runFormatOption())
    .addOption(verboseOption())
    .addOption(quietOption())
    .addOption(colorOption())
    .addHelpText(
      'after',
      `
Examples:
  drover apply deploy.yml                          the hosts that it names
  drover apply deploy.yml -i prod.ini -l web       those of them in group web
  drover apply deploy.yml -e release=1.4.2         with another release
  drover apply deploy.yml --tags web,tls           steps with one of these tags
  drover apply deploy.yml --step restart           one step, with what it uses
  drover apply deploy.yml -b -K                    as root; asks for a password
  drover apply deploy.yml --dry-run                only show it
  drover apply deploy.yml --rev v1.4               as it was at a tag of git
  drover apply deploy.yml --format json >run.log   an event a line, for programs

The exit status is 0 if all steps succeeded, 1 if one failed or a host could not
be reached, 3 if something in the input is wrong and no host was touched, 4 if
--require-clean refused, 130 if it was interrupted: Ctrl-C ends what runs in
order, a second one at once.
`,
    )
    .action(async (playbook, options) => {
      const git = gitFactsOf(resolve(context.cwd, playbook))
      if (options.requireClean) requireClean(await git)
      if (options.dryRun) return (await import('./plan.ts')).showPlan(context, playbook, options)
      await withPool(context, options, async pool => {
        const inputs = await loadInputs(context, playbook, options)
        try {
          await tellWarnings(context, inputs.warnings, options.color)
          if (!options.quiet) tellLeftOut(context, inputs.plan)
          context.exit(await executePlan(context, inputs, pool, { ...options, git, shape: 'playbook' }))
        } finally {
          await inputs.checkout?.close()
        }
      })
    })
}
