import { lstatSync } from 'node:fs'
import { resolve } from 'node:path'
import { type Checkout, checkOut } from '../../git/checkout.ts'
import { commitOf } from '../../git/commit-of.ts'
import type { NoGit } from '../../git/refusal.ts'
import { openRepository, type Repository } from '../../git/repository.ts'
import { type Problem, ProblemsError } from '../../model/problem.ts'
import { listed } from '../../render/step-words.ts'

/**
 * The files of the repository that a playbook lies in, as they are at a revision. Whoever asks closes it.
 * @throws ProblemsError `git` where they cannot be had, or the playbook is not among them
 */
export async function openCheckout(cwd: string, file: string, rev: string): Promise<Checkout> {
  const path = resolve(cwd, file)
  const repository = await repositoryOf(path)
  const commit = known(await commitOf(repository, rev))
  const checkout = known(await checkOut(repository, commit, path))
  const missing = missingAt(checkout, path, file, rev)
  if (missing === undefined) return checkout
  await checkout.close()
  throw new ProblemsError([missing])
}

/** @throws ProblemsError where a path lies in no repository */
export async function repositoryOf(path: string): Promise<Repository> {
  return known(await openRepository(path))
}

/** @throws ProblemsError for what git refused */
export function known<T extends string | { readonly kind: string }>(found: T | NoGit): T {
  if (isRefusal(found)) throw new ProblemsError([{ severity: 'error', ...found.failure }])
  return found
}

const isRefusal = <T extends string | { readonly kind: string }>(found: T | NoGit): found is NoGit =>
  typeof found !== 'string' && found.kind === 'none'

function missingAt(checkout: Checkout, path: string, file: string, rev: string): Problem | undefined {
  const inTree = checkout.path(path)
  if (inTree !== undefined && lstatSync(inTree, { throwIfNoEntry: false }) !== undefined) return undefined
  const submodule = checkout.submodules.find(name => path.startsWith(`${resolve(checkout.root, name)}/`))
  return {
    code: 'git',
    severity: 'error',
    message: `${file} does not exist at ${rev} (${checkout.commit.slice(0, 12)})`,
    ...(submodule === undefined
      ? {}
      : { hint: `${submodule} is a submodule there, and --rev does not take files of those` }),
  }
}

/** What is not as it is in a work tree. */
export function checkoutWarnings({ submodules }: Checkout, rev: string): readonly Problem[] {
  if (submodules.length === 0) return []
  const [are, they] = submodules.length === 1 ? ['is a submodule', 'its'] : ['are submodules', 'their']
  return [
    {
      code: 'git',
      severity: 'warning',
      message: `at ${rev}, ${listed(submodules)} ${are}: ${they} files are not taken from there, and count as missing`,
    },
  ]
}
