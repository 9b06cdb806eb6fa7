import { resolve } from 'node:path'
import { Command, Option } from '@commander-js/extra-typings'
import { comparePlans, isSame } from '../diff/compare-plans.ts'
import { EXIT } from '../model/errors.ts'
import { ProblemsError } from '../model/problem.ts'
import type { DiffHeading } from '../render/diff/words.ts'
import type { CliContext } from './context.ts'
import { type LoadedSide, loadSide } from './diff/load-side.ts'
import { type Revision, resolveRange } from './diff/range.ts'
import { maskedJson } from './execute/masking.ts'
import type { InputOptions } from './inputs/inputs.ts'
import { repositoryOf } from './inputs/revision.ts'
import { type ColorOption, wantsColor } from './options/color.ts'
import { withPlaybook } from './options/option-groups.ts'
import { colorOption } from './options/options.ts'
import { tellWarnings } from './report.ts'

/** `drover diff REV1..REV2 FILE`: what differs between the compiled plans. */
export function command(context: CliContext) {
  const playbook = new Command('diff')
    .description('Show what differs between a playbook’s plans at two revisions of git. No host is touched.')
    .argument('<revisions>', 'A..B; A...B: since B left A; A: against the work tree')
    .argument('<playbook>', 'a playbook file')
  return withPlaybook(playbook)
    .addOption(
      new Option('--format <format>', 'text; markdown: for a pull request; json: one document')
        .choices(['text', 'markdown', 'json'] as const)
        .default('text' as const),
    )
    .option('--detailed-exitcode', 'end with 2 if the plans differ')
    .addOption(colorOption())
    .addHelpText('after', EXAMPLES)
    .action((revisions, file, options) => showDiff(context, revisions, file, options))
}

const EXAMPLES = `
Examples:
  drover diff HEAD deploy.yml                  what I have changed
  drover diff v1.4..v1.5 deploy.yml            from one release to the next
  drover diff main... deploy.yml -i prod.ini   what this branch changes
  drover diff main... deploy.yml -l web        for some of the hosts only
  drover diff main...HEAD deploy.yml --format markdown >comment.md

What is compared is what would be sent where, after includes, variables, loops
and inventories: steps, their hosts and order, scripts, and contents of files.
Steps are the same if their ids are; one with another id is removed and added.

The exit status is 0; 2 if the plans differ, with --detailed-exitcode; 3 if one
of them cannot be compiled.
`

interface DiffOptions extends InputOptions {
  readonly format: 'text' | 'markdown' | 'json'
  readonly detailedExitcode?: true | undefined
  readonly color: ColorOption
}

async function showDiff(
  context: CliContext,
  revisions: string,
  file: string,
  options: DiffOptions,
): Promise<void> {
  const repository = await repositoryOf(resolve(context.cwd, file))
  const { before, after } = await resolveRange(repository, revisions)
  const sides = [
    await loadSide(context, { file, repository }, before, options),
    await loadSide(context, { file, repository }, after, options),
  ] as const
  try {
    await tellDiff(context, sides, { file, before, after }, options)
  } finally {
    for (const side of sides) if (side.kind === 'side') await side.checkout?.close()
  }
}

async function tellDiff(
  context: CliContext,
  [before, after]: readonly [LoadedSide, LoadedSide],
  revisions: { readonly file: string; readonly before: Revision; readonly after: Revision },
  { format, detailedExitcode, color }: DiffOptions,
): Promise<void> {
  if (before.kind === 'refused' || after.kind === 'refused')
    throw new ProblemsError([before, after].flatMap(side => (side.kind === 'refused' ? side.problems : [])))
  await tellWarnings(context, [...before.warnings, ...after.warnings], color)
  const diff = comparePlans(before.side, after.side)
  const heading: DiffHeading = { name: after.side.plan.name, ...revisions }
  const { stdout } = context
  const { mask } = context.secrets
  switch (format) {
    case 'text': {
      const { renderDiff } = await import('../render/diff/text.ts')
      const settings = { color: wantsColor(context, stdout, color), width: stdout.columns ?? 100 }
      stdout.write(mask(renderDiff(diff, heading, settings)))
      break
    }
    case 'markdown':
      stdout.write(mask((await import('../render/diff/markdown.ts')).renderDiffMarkdown(diff, heading)))
      break
    case 'json':
      stdout.write(maskedJson((await import('../render/diff/json.ts')).renderDiffJson(diff, heading), mask))
      break
  }
  context.exit(detailedExitcode === true && !isSame(diff) ? EXIT.changes : EXIT.ok)
}
