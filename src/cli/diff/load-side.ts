import type { Side } from '../../diff/side.ts'
import type { Checkout } from '../../git/checkout.ts'
import { filesInGit } from '../../git/files-in-git.ts'
import type { Repository } from '../../git/repository.ts'
import { type Problem, ProblemsError } from '../../model/problem.ts'
import type { CliContext } from '../context.ts'
import { type InputOptions, loadInputs } from '../inputs/inputs.ts'
import { putSources, type SideFiles } from './put-sources.ts'
import type { Revision } from './range.ts'

export type LoadedSide =
  | {
      readonly kind: 'side'
      readonly side: Side
      readonly warnings: readonly Problem[]
      /** To be closed when the side is needed no more. */
      readonly checkout?: Checkout
    }
  | { readonly kind: 'refused'; readonly problems: readonly Problem[] }

/** Compiles a playbook as it is at a revision, and reads what it puts; what is wrong is told with its name in front. */
export async function loadSide(
  context: CliContext,
  { file, repository }: { readonly file: string; readonly repository: Repository },
  { name, commit }: Revision,
  options: InputOptions,
): Promise<LoadedSide> {
  const named = (problem: Problem) => (commit === undefined ? problem : atRevision(problem, name))
  try {
    const inputs = await loadInputs(context, file, { ...options, rev: commit })
    const { plan, sketch, checkout, warnings } = inputs
    const sources = await putSources(plan, sketch, await filesOf(repository, checkout))
    const side: Side = {
      plan,
      sketch,
      shownIn: checkout?.shownIn ?? (text => text),
      files: path => sources.get(path) ?? [],
    }
    return { kind: 'side', side, warnings: warnings.map(named), ...(checkout && { checkout }) }
  } catch (error) {
    if (!(error instanceof ProblemsError)) throw error
    return { kind: 'refused', problems: error.problems.map(named) }
  }
}

async function filesOf(repository: Repository, checkout: Checkout | undefined): Promise<SideFiles> {
  if (checkout !== undefined) {
    const { tree, path } = checkout
    return { at: name => path(name) ?? name, isInGit: real => real.startsWith(`${tree}/`) }
  }
  const found = await filesInGit(repository)
  return { at: name => name, isInGit: real => !('kind' in found) && found.has(real) }
}

/** As git names a file of a revision: `v1:site.yml`. */
function atRevision(problem: Problem, name: string): Problem {
  const { where, message } = problem
  if (where === undefined) return { ...problem, message: `${name}: ${message}` }
  return { ...problem, where: { ...where, file: `${name}:${where.file}` } }
}
