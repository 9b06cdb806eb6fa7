import { resolve } from 'node:path'
import { Command, Option } from '@commander-js/extra-typings'
import { EXIT } from '../model/errors.ts'
import { timesApplied } from '../plan/applied.ts'
import { previewOf } from '../plan/preview-of.ts'
import { type ReadPlan, readPlan } from '../plan/read-plan.ts'
import { rangeSize } from '../plan/runs.ts'
import { type SavedPlanFacts, savedPlanLines } from '../render/saved-plan.ts'
import { wantsColor } from './color.ts'
import type { CliContext } from './context.ts'
import { colorOption } from './options.ts'
import { type PreviewTextOptions, previewText } from './preview-text.ts'

/** `drover show PLAN.json`: a saved plan, as `drover plan` showed it. */
export function command(context: CliContext) {
  return new Command('show')
    .description('Show what a saved plan would do. No host is touched.')
    .argument('<plan>', 'a file that drover plan --out wrote')
    .addOption(
      new Option('--format <format>', 'text; json: one document; markdown: for a pull request')
        .choices(['text', 'json', 'markdown'] as const)
        .default('text' as const),
    )
    .addOption(
      new Option(
        '--by <what>',
        'step: each step with its hosts; host: hosts that are alike, with their steps',
      )
        .choices(['step', 'host'] as const)
        .default('step' as const),
    )
    .option('--no-diff', 'do not show what changes inside of files')
    .option('-v, --verbose', 'show all hosts and lines of what is shortened otherwise')
    .addOption(colorOption())
    .addHelpText('after', EXAMPLES)
    .action(async (file, options) => {
      const { stdout, cwd } = context
      const read = readPlan(resolve(cwd, file), file)
      const settings = {
        ...{ cwd, width: stdout.columns ?? 100, color: wantsColor(context, stdout, options.color) },
        ...{ format: options.format, by: options.by, diff: options.diff },
        verbose: options.verbose === true,
        intro: INTRO,
      }
      const preview = await previewText(previewOf(read.document, cwd), settings)
      stdout.write(withFacts(factsOf(read, file, cwd), preview, settings))
      context.exit(EXIT.ok)
    })
}

const INTRO = 'This is what the hosts had when the plan was made.'

const EXAMPLES = `
Examples:
  drover show release.json                      as drover plan showed it
  drover show release.json -v --no-diff         all hosts, without contents
  drover show release.json --by host            hosts that are alike together
  drover show release.json --format markdown    for a pull request

It also tells when, by whom and of which commit the plan was made, and whether
it was applied from this folder. The exit status is 0, 3 if it is no plan that
this drover knows, and 4 if the file was changed after it was made.
`

function factsOf({ document, checksum }: ReadPlan, file: string, cwd: string): SavedPlanFacts {
  const { made, options, nodes } = document
  const partial = nodes
    .flat()
    .reduce((sum, group) => sum + (group.partial === true ? rangeSize(group.hosts) : 0), 0)
  const { time, user, version, git } = made
  return { file, time, user, version, git, rev: options.rev, applied: timesApplied(cwd, checksum), partial }
}

function withFacts(facts: SavedPlanFacts, preview: string, { format, width }: PreviewTextOptions): string {
  switch (format) {
    case 'text':
      return `${savedPlanLines(facts, width).join('\n')}\n\n${preview}`
    case 'markdown':
      return `\`\`\`text\n${savedPlanLines(facts, 80).join('\n')}\n\`\`\`\n\n${preview}`
    case 'json':
      // The document keeps its own spelling.
      return preview.replace(/\n\}\n$/, () => `,\n  "saved": ${JSON.stringify(savedFields(facts))}\n}\n`)
  }
}

function savedFields({ git, applied, ...same }: SavedPlanFacts): object {
  const { dirtyCount, ...known } = git ?? { dirtyCount: 0 }
  return {
    ...same,
    ...(git === undefined ? {} : { git: { ...known, dirty_count: dirtyCount } }),
    applied: applied.map(time => time ?? {}),
  }
}
