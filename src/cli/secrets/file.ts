import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { ProblemsError } from '../../model/problem.ts'
import { SecretFile, secretFileProblem } from '../../secrets/secret-file.ts'
import type { CliContext } from '../context.ts'
import { identitiesFor } from '../inputs/secret-values.ts'
import { replaceFile } from '../replace-file.ts'
import { tellWarnings } from '../report.ts'

export interface IdentityOptions {
  readonly identity?: string | undefined
}

/** @throws ProblemsError where it is none, or cannot be read */
export function openSecretFile({ cwd }: CliContext, file: string): SecretFile {
  return new SecretFile(textOf(resolve(cwd, file), file), file)
}

function textOf(path: string, shownAs: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT')
      throw secretFileProblem(`${shownAs} does not exist`, `drover secrets init ${shownAs} makes it`)
    throw secretFileProblem(`${shownAs} cannot be read (${code})`)
  }
}

/**
 * Warns of values that end at a #, and may have been meant to go on.
 * @throws ProblemsError where they were
 */
export async function checkCutValues(
  context: CliContext,
  file: SecretFile,
  names: Iterable<string>,
): Promise<void> {
  const problems = file.cutValues(names)
  if (problems.some(({ severity }) => severity === 'error')) throw new ProblemsError(problems)
  await tellWarnings(context, problems, 'auto')
}

/** In one go. @throws ProblemsError where it cannot be written; then it is as it was */
export function saveSecretFile({ cwd }: CliContext, file: string, content: SecretFile): void {
  const problem = replaceFile(resolve(cwd, file), file, content.toString())
  if (problem !== undefined) throw new ProblemsError([problem])
}

/** See `identitiesFor`. */
export function identitiesOf(context: CliContext, { identity }: IdentityOptions): Promise<readonly string[]> {
  return identitiesFor(context, { identity, color: 'auto' })
}
