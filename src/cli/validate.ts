import { Command, Option } from '@commander-js/extra-typings'
import { ERRORS, type ExitStatus, worstStatus } from '../model/errors.ts'
import type { Problem } from '../model/problem.ts'
import { escapeText } from '../render/escape.ts'
import type { ProblemFormat } from '../render/problems.ts'
import type { CliContext } from './context.ts'
import { checkPlaybookFile } from './inputs/load-playbook.ts'
import { type ColorOption, wantsColor } from './options/color.ts'
import { allowOutsideOption, colorOption } from './options/options.ts'

/** `drover validate FILE…`: every problem of every playbook, without an inventory and without a host. */
export function command(context: CliContext) {
  return new Command('validate')
    .description('Check playbooks and report every problem of every file. No host is touched.')
    .argument('<file...>', 'playbooks')
    .addOption(
      new Option('--format <format>', 'text; json: one problem a line; github: annotations of a workflow')
        .choices(['text', 'json', 'github'] as const)
        .default('text' as const),
    )
    .option('-q, --quiet', 'say nothing of files that are right')
    .addOption(allowOutsideOption())
    .addOption(colorOption())
    .addHelpText('after', EXAMPLES)
    .action(async (files, { format, quiet = false, color, allowOutside = false }) => {
      context.exit(await validateFiles(context, files, { format, quiet, color, allowOutside }))
    })
}

const EXAMPLES = `
Examples:
  drover validate deploy.yml
  drover validate -q plays/*.yml                only what is wrong
  drover validate --format github plays/*.yml   annotations of a pull request
  drover validate --format json deploy.yml      a problem a line, for programs

No inventory is needed. Whether a playbook's hosts exist, drover plan tells.
The exit status is 0 if every file is right, 3 if one is not.
`

interface ValidateOptions {
  readonly format: ProblemFormat
  readonly quiet: boolean
  readonly color: ColorOption
  readonly allowOutside: boolean
}

async function validateFiles(
  context: CliContext,
  files: readonly string[],
  { format, quiet, color, allowOutside }: ValidateOptions,
): Promise<ExitStatus> {
  const options = { format, color: wantsColor(context, context.stdout, color) }
  const all: Problem[] = []
  for (const file of new Set(files)) {
    const { playbook, problems } = await checkPlaybookFile(context.cwd, file, { allowOutside })
    all.push(...problems)
    if (problems.length > 0) {
      const { renderProblems } = await import('../render/problems.ts')
      context.stdout.write(renderProblems(problems, options))
    }
    const isGood = problems.every(({ severity }) => severity !== 'error')
    if (isGood && format === 'text' && !quiet)
      context.stdout.write(`${escapeText(file)}: ok, ${stepCount(playbook?.steps.length ?? 0)}\n`)
  }
  return worstStatus(all.filter(({ severity }) => severity === 'error').map(({ code }) => ERRORS[code]))
}

function stepCount(n: number): string {
  return `${n} ${n === 1 ? 'step' : 'steps'}`
}
