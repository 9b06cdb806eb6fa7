import { Command, Option } from '@commander-js/extra-typings'
import { EXIT } from '../model/errors.ts'
import { type ColorOption, wantsColor } from './color.ts'
import type { CliContext } from './context.ts'
import { type InputOptions, loadInputs } from './inputs.ts'
import { colorOption, inventoryOption, limitOption, varOption } from './options.ts'
import { tellWarnings } from './report.ts'

/** `drover plan PLAYBOOK`: what apply would send, without connecting. */
export function command(context: CliContext) {
  return new Command('plan')
    .description('Show what a playbook would do. No host is touched.')
    .argument('<playbook>', 'a playbook file')
    .addOption(inventoryOption())
    .addOption(limitOption())
    .addOption(varOption())
    .option('--offline', 'do not connect to the hosts; for now this is always so')
    .addOption(
      new Option('--format <format>', 'text; json: one document')
        .choices(['text', 'json'] as const)
        .default('text' as const),
    )
    .option('-v, --verbose', 'show all hosts and lines of what is shortened otherwise')
    .option('-q, --quiet', 'show the last line only')
    .addOption(colorOption())
    .action((file, options) => showPlan(context, file, options))
}

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
  const { plan, render, warnings } = await loadInputs(context, file, options)
  tellWarnings(context, warnings, options.color)
  if (options.format === 'json') {
    stdout.write((await import('../render/preview-json.ts')).renderPreviewJson(plan, render))
  } else {
    const { renderPreview, summary } = await import('../render/preview.ts')
    const color = wantsColor(context, stdout, options.color)
    const settings = { color, width: stdout.columns ?? 100, cwd, verbose: Boolean(options.verbose) }
    stdout.write(options.quiet ? `${summary(plan)}\n` : renderPreview(plan, render, settings))
  }
  context.exit(EXIT.ok)
}
