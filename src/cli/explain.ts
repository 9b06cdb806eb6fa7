import { existsSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { Command } from '@commander-js/extra-typings'
import { locate } from '../load/playbook/use/locate.ts'
import { didYouMean } from '../model/did-you-mean.ts'
import { EXIT } from '../model/errors.ts'
import type { Plan } from '../model/plan.ts'
import type { Playbook } from '../model/playbook.ts'
import { type Problem, ProblemsError } from '../model/problem.ts'
import type { CliContext } from './context.ts'
import { type InputOptions, loadInputs } from './inputs/inputs.ts'
import { checkPlaybookFile, readPlaybookFile } from './inputs/load-playbook.ts'
import { wantsColor } from './options/color.ts'
import { withHosts } from './options/option-groups.ts'
import { allowOutsideOption, colorOption, varOption } from './options/options.ts'

/** `drover explain FILE [STEP]`: a playbook in words. */
export function command(context: CliContext) {
  const playbook = new Command('explain')
    .description('Say in words what the steps of a playbook do. No host is touched.')
    .argument('<playbook>', 'a playbook file, or a name of the library, as package')
    .argument('[step]', 'the id of one step, to be told more of it')
  return withHosts(playbook)
    .addOption(varOption())
    .addOption(allowOutsideOption())
    .addOption(colorOption())
    .addHelpText('after', EXAMPLES)
    .action(async (name, step, { color, ...options }) => {
      const { stdout, cwd } = context
      const file = fileOf(cwd, name)
      const { playbook, plan } = await readBoth(context, file, options)
      const { explainPlaybook, explainStep, stepIdsOf } = await import('../render/explain.ts')
      const settings = { color: wantsColor(context, stdout, color), width: stdout.columns ?? 80 }
      const text =
        step === undefined
          ? explainPlaybook(playbook, plan, useOf(name, file), settings)
          : (explainStep(playbook, plan, step, settings) ?? noStep(step, stepIdsOf(playbook)))
      stdout.write(context.secrets.mask(text))
      context.exit(EXIT.ok)
    })
}

const EXAMPLES = `
Examples:
  drover explain deploy.yml              each step, in a sentence or two
  drover explain deploy.yml restart      all there is to say of one step
  drover explain deploy.yml -l web1      with the hosts of an inventory
  drover explain package                 what a part of the library takes
  drover explain parts/app.yml           the same for one of your own

Without an inventory hosts are patterns. Expressions stand as they are written.
The exit status is 0, or 3 if something in the playbook or inventory is wrong.
`

/** A file that is there goes before the library. */
function fileOf(cwd: string, name: string): string {
  if (!/^[^/.]+$/.test(name) || existsSync(resolve(cwd, name))) return name
  const located = locate(name, { shown: name, folder: cwd }, undefined)
  if (located.kind === 'file') return located.real
  const { message, hint } = located
  throw new ProblemsError([
    { code: 'file_unreadable', severity: 'error', message, ...(hint === undefined ? {} : { hint }) },
  ])
}

/** What a playbook in the same folder writes to use it. */
function useOf(name: string, file: string): string {
  return name === file ? basename(file) : name
}

/**
 * The plan only where there is an inventory; a file for others to use has none of its own. What was not asked for
 * must not stand in the way: an inventory that happens to lie there, or a variable that only -e can give.
 */
async function readBoth(
  context: CliContext,
  file: string,
  options: InputOptions,
): Promise<{ readonly playbook: Playbook; readonly plan: Plan | undefined }> {
  const allow = { allowOutside: options.allowOutside === true }
  const { playbook, problems } = readPlaybookFile(context.cwd, file, allow)
  if (playbook === undefined || problems.some(isError)) throw new ProblemsError(problems)
  if (playbook.params.length > 0) return { playbook, plan: undefined }
  try {
    return { playbook, plan: (await loadInputs(context, file, options)).plan }
  } catch (error) {
    const isAsked = [options.inventory, options.limit, options.var].some(option => option !== undefined)
    if (!(error instanceof ProblemsError) || isAsked) throw error
    const checked = await checkPlaybookFile(context.cwd, file, allow)
    if (checked.problems.some(isError)) throw new ProblemsError(checked.problems)
    return { playbook, plan: undefined }
  }
}

const isError = ({ severity }: Problem) => severity === 'error'

function noStep(id: string, ids: readonly string[]): never {
  const hint = didYouMean(id, ids) ?? `it has ${ids.slice(0, 20).join(', ')}${ids.length > 20 ? ', …' : ''}`
  throw new ProblemsError([
    { code: 'step_unknown', severity: 'error', message: `the playbook has no step "${id}"`, hint },
  ])
}
