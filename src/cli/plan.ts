import { resolve } from 'node:path'
import { Command, Option } from '@commander-js/extra-typings'
import { gitFactsOf } from '../git/facts.ts'
import { EXIT, type ExitStatus, worstStatus } from '../model/errors.ts'
import { LIMITS } from '../model/limits.ts'
import type { PreviewCounts } from '../model/preview.ts'
import { ProblemsError } from '../model/problem.ts'
import type { CliContext } from './context.ts'
import { programCall, shellWord } from './demo-text.ts'
import { type AskBecomePassOptions, addBecomePassword } from './execute/become.ts'
import type { RunFormat } from './execute/execute.ts'
import { maskedJson } from './execute/masking.ts'
import { type HostKeyOptions, withPool } from './execute/prepare-pool.ts'
import { type InputOptions, loadInputs } from './inputs/inputs.ts'
import { requireClean } from './inputs/require-clean.ts'
import { addSecrets, type SecretOptions } from './inputs/secret-values.ts'
import { type ColorOption, wantsColor } from './options/color.ts'
import { refuseWithoutHosts } from './options/offline-options.ts'
import { withBecome, withConnecting, withPlaybook } from './options/option-groups.ts'
import { colorOption, forksOption, identityOption, requireCleanOption, revOption } from './options/options.ts'
import { type LookOptions, lookAtHosts } from './preview/look.ts'
import type { PreviewFormat } from './preview/preview-text.ts'
import { printPreview } from './preview/print-preview.ts'
import { tellWarnings } from './report.ts'

/** `drover plan PLAYBOOK`: what apply would change, found by asking the hosts. */
export function command(context: CliContext) {
  const playbook = new Command('plan')
    .description('Show what a playbook would change. The hosts are asked, and nothing is changed.')
    .argument('<playbook>', 'a playbook file')
  const look = withBecome(withPlaybook(playbook).addOption(revOption()).addOption(requireCleanOption()))
    .addOption(identityOption())
    .addOption(forksOption())
  return withConnecting(look)
    .option('--offline', 'do not connect to the hosts: show each step as a host would get it')
    .option('--out <file>', 'save the plan, for drover apply FILE')
    .option('--detailed-exitcode', 'end with 2 if something would change or is unknown')
    .option('--no-diff', 'do not show what changes inside of files')
    .addOption(byOption())
    .addOption(previewFormatOption())
    .option('-v, --verbose', 'show all hosts and lines of what is shortened otherwise')
    .option('-q, --quiet', 'show the last line only')
    .addOption(colorOption())
    .addHelpText('after', EXAMPLES)
    .action((file, options, self) => {
      if (options.offline) refuseWithoutHosts(self)
      return showPlan(context, file, options)
    })
}

const byOption = () =>
  new Option('--by <what>', 'step: each step with its hosts; host: hosts that are alike, with their steps')
    .choices(['step', 'host'] as const)
    .default('step' as const)

const previewFormatOption = () =>
  new Option('--format <format>', 'text; json: one document; markdown: for a pull request')
    .choices(['text', 'json', 'markdown'] as const)
    .default('text' as const)

const EXAMPLES = `
Examples:
  drover plan deploy.yml                      what it would change, and where
  drover plan deploy.yml -i prod.ini -l web1  for one host of another inventory
  drover plan deploy.yml -e release=1.5.0     with another release
  drover plan deploy.yml --step restart       one step, with what it uses
  drover plan deploy.yml --by host --no-diff  host by host, without differences
  drover plan deploy.yml --out plan.json      save it: drover apply plan.json
  drover plan deploy.yml -q --detailed-exitcode  would anything change?
  drover plan deploy.yml --rev v1.4           as it was at a tag of git
  drover plan deploy.yml --format markdown    for a pull request
  drover plan deploy.yml --offline            each step, without connecting

Each step gets one of: change, no change, skip, or unknown with the reason. What
depends on something that would change first is unknown. Only facts, guards and
read_only steps run on the hosts. docs/preview.md says more.

The exit status is 0, 1 if a host could not be reached or a step would fail, 2
with --detailed-exitcode if something would change or is unknown, 3 if something
in the playbook, the inventory or -e is wrong, 4 if --require-clean refused, 130
if it was interrupted.
`

export interface ShowPlanOptions
  extends InputOptions,
    HostKeyOptions,
    AskBecomePassOptions,
    Omit<SecretOptions, 'color'>,
    Partial<LookOptions> {
  readonly offline?: true | undefined
  /** The file to save the plan to. */
  readonly out?: string | undefined
  readonly detailedExitcode?: true | undefined
  readonly requireClean?: true | undefined
  readonly by?: 'step' | 'host' | undefined
  readonly format?: PreviewFormat | RunFormat | undefined
  /** Shows all of what is otherwise shortened; a number where -v is counted. */
  readonly verbose?: boolean | number | undefined
  readonly quiet?: true | undefined
  readonly color: ColorOption
}

/** Prints the preview; `apply --dry-run` is the same. */
export async function showPlan(context: CliContext, file: string, options: ShowPlanOptions): Promise<void> {
  const git = gitFactsOf(resolve(context.cwd, file))
  if (options.requireClean) requireClean(await git)
  if (options.offline) return showOffline(context, file, options)
  if (options.out !== undefined) await checkOut(context, options.out)
  await withPool(context, options, async pool => {
    const loaded = await loadInputs(context, file, options)
    try {
      await tellWarnings(context, loaded.warnings, options.color)
      const inputs = await addSecrets(context, await addBecomePassword(context, loaded, options), options)
      const { forks = LIMITS.forks, diff = true } = options
      const preview = await lookAtHosts(context, inputs, pool, { forks, diff })
      if (preview === undefined) return context.exit(EXIT.interrupted)
      const { checkout } = inputs
      const format = previewFormatOf(options.format)
      await printPreview(context, context.stdout, preview, { ...options, format, git: await git, checkout })
      if (options.out !== undefined) {
        const { savePreview } = await import('./preview/save-preview.ts')
        const { out } = options
        await savePreview(context, preview, loaded, { ...options, playbook: file, out, git: await git })
        context.stderr.write(`Saved. To do it: ${programCall(context)} apply ${shellWord(out)}\n`)
      }
      context.exit(statusOf(preview.counts, options))
    } finally {
      await loaded.checkout?.close()
    }
  })
}

/** Rather before a look at many hosts than after it. */
async function checkOut({ cwd }: CliContext, out: string): Promise<void> {
  const { whyUnwritable } = await import('../plan/save-plan.ts')
  const problem = whyUnwritable(resolve(cwd, out), out)
  if (problem !== undefined) throw new ProblemsError([problem])
}

async function showOffline(context: CliContext, file: string, options: ShowPlanOptions): Promise<void> {
  const { stdout, cwd } = context
  const { mask } = context.secrets
  const { plan, sketch, warnings, checkout } = await loadInputs(context, file, options)
  try {
    await tellWarnings(context, warnings, options.color)
    if (options.format === 'json') {
      const { renderPreviewJson } = await import('../render/preview/json.ts')
      stdout.write(maskedJson(renderPreviewJson(plan, sketch), mask))
    } else {
      const { renderPreview, summary } = await import('../render/preview.ts')
      const color = wantsColor(context, stdout, options.color)
      const settings = { color, width: stdout.columns ?? 100, cwd, verbose: Boolean(options.verbose) }
      stdout.write(options.quiet ? `${summary(plan)}\n` : mask(renderPreview(plan, sketch, settings)))
    }
    context.exit(EXIT.ok)
  } finally {
    await checkout?.close()
  }
}

/** `apply --dry-run` has the formats of a run. */
function previewFormatOf(format: ShowPlanOptions['format']): PreviewFormat {
  return format === undefined || format === 'tty' || format === 'lines' ? 'text' : format
}

/** Without the option changes are what a plan is there for, and no reason for another status. */
function statusOf(
  { change, unknown, failing, unreachable }: PreviewCounts,
  { detailedExitcode }: Pick<ShowPlanOptions, 'detailedExitcode'>,
): ExitStatus {
  return worstStatus([
    unreachable + failing > 0 ? EXIT.failed : EXIT.ok,
    detailedExitcode === true && change + unknown > 0 ? EXIT.changes : EXIT.ok,
  ])
}
