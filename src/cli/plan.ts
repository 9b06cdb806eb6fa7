import { Command, Option } from '@commander-js/extra-typings'
import { EXIT } from '../model/errors.ts'
import { becomeMethodOption, becomeOption, becomeUserOption } from './become.ts'
import { type ColorOption, wantsColor } from './color.ts'
import type { CliContext } from './context.ts'
import { type InputOptions, loadInputs } from './inputs.ts'
import {
  allowOutsideOption,
  colorOption,
  inventoryOption,
  limitOption,
  skipTagsOption,
  stepOption,
  tagsOption,
  varOption,
} from './options.ts'
import { tellWarnings } from './report.ts'

/** `drover plan PLAYBOOK`: what apply would send, without connecting. */
export function command(context: CliContext) {
  return new Command('plan')
    .description('Show what a playbook would do. No host is touched.')
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
    .option('--offline', 'do not connect to the hosts; for now this is always so')
    .addOption(
      new Option('--format <format>', 'text; json: one document')
        .choices(['text', 'json'] as const)
        .default('text' as const),
    )
    .option('-v, --verbose', 'show all hosts and lines of what is shortened otherwise')
    .option('-q, --quiet', 'show the last line only')
    .addOption(colorOption())
    .addHelpText('after', EXAMPLES)
    .action((file, options) => showPlan(context, file, options))
}

const EXAMPLES = `
Examples:
  drover plan deploy.yml                      each step, as a host would get it
  drover plan deploy.yml -i prod.ini -l web1  for one host of another inventory
  drover plan deploy.yml -e release=1.5.0     with another release
  drover plan deploy.yml --step restart       one step, with what it uses
  drover plan deploy.yml --format json        one document, for programs

Hosts that would get the same are shown together. No host is asked yet: whether
a file is there already, or a guard holds, is not known here, and what depends
on results or facts stands as it is written. The exit status is 0, or 3 if
something in the playbook, the inventory or -e is wrong.
`

export interface ShowPlanOptions extends InputOptions {
  readonly format?: string | undefined
  /** Shows all of what is otherwise shortened; a number where -v is counted. */
  readonly verbose?: boolean | number | undefined
  readonly quiet?: true | undefined
  readonly color: ColorOption
}

/** Prints the preview; `apply --dry-run` is the same. */
export async function showPlan(context: CliContext, file: string, options: ShowPlanOptions): Promise<void> {
  const { stdout, cwd } = context
  const { plan, sketch, warnings } = await loadInputs(context, file, options)
  await tellWarnings(context, warnings, options.color)
  if (options.format === 'json') {
    stdout.write((await import('../render/preview/json.ts')).renderPreviewJson(plan, sketch))
  } else {
    const { renderPreview, summary } = await import('../render/preview.ts')
    const color = wantsColor(context, stdout, options.color)
    const settings = { color, width: stdout.columns ?? 100, cwd, verbose: Boolean(options.verbose) }
    stdout.write(options.quiet ? `${summary(plan)}\n` : renderPreview(plan, sketch, settings))
  }
  context.exit(EXIT.ok)
}
