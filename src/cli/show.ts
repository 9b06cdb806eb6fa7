import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { Command, Option } from '@commander-js/extra-typings'
import type { CliContext } from './context.ts'
import { colorOption, diffOutputOption, foldOption } from './options/options.ts'

/** `drover show RUN` tells a run again, `drover show PLAN.json` a saved plan. */
export function command(context: CliContext) {
  return new Command('show')
    .description('Tell what happened in a run, or show what a saved plan would do. No host is touched.')
    .usage('RUN|PLAN [options]')
    .argument('<what>', 'a run: its id, the beginning of it, or last; or a file that drover plan --out wrote')
    .addOption(
      new Option('--format <format>', 'text; json: a plan, or an event a line; markdown: a plan')
        .choices(['text', 'json', 'markdown'] as const)
        .default('text' as const),
    )
    .option('--output', 'of a run: also what the hosts printed; -v does so, too')
    .addOption(foldOption())
    .addOption(diffOutputOption())
    .option('--step <id>', 'of a run: only this step')
    .option('--host <pattern>', 'of a run: only these hosts')
    .addOption(
      new Option(
        '--by <what>',
        'of a plan: step: each step with its hosts; host: alike hosts, with their steps',
      )
        .choices(['step', 'host'] as const)
        .default('step' as const),
    )
    .option('--no-diff', 'of a plan: do not show what changes inside of files')
    .option('-v, --verbose', 'of a plan: show all hosts and lines of what is shortened otherwise')
    .addOption(colorOption())
    .addHelpText('after', EXAMPLES)
    .action(async (what, options) => {
      if (isFile(context.cwd, what))
        return (await import('./preview/show-plan.ts')).showPlan(context, what, options)
      return (await import('./runs/show-run.ts')).showRun(context, what, options)
    })
}

/** No id of a run has a dot or a slash. */
function isFile(cwd: string, what: string): boolean {
  return /[./]/.test(what) || statSync(resolve(cwd, what), { throwIfNoEntry: false })?.isFile() === true
}

const EXAMPLES = `
Examples:
  drover show last                              the last run, told again
  drover show 20261128-2114 --output            with what the hosts printed
  drover show last --host 'web*' --step unpack  only that
  drover show last --step check --fold          the same output once
  drover show last --format json                the events, as apply prints them
  drover show release.json                      as drover plan showed it
  drover show release.json -v --no-diff         all hosts, without contents
  drover show release.json --by host            hosts that are alike together
  drover show release.json --format markdown    for a pull request

drover history lists the runs. Of a run that is going on it shows what is known
so far; drover attach follows it. Of a plan it also tells when, by whom and of
which commit it was made, and whether it was applied from this folder.
The exit status is 0, 3 if there is no such run, its journal is damaged, or it
is no plan that this drover knows, and 4 if a plan was changed after it was
made.
`
