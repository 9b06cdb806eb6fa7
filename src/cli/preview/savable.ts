import { dirname, resolve } from 'node:path'
import { type Problem, ProblemsError } from '../../model/problem.ts'
import type { PlanInputs, PlanOptions } from '../../plan/document.ts'
import { withoutBase } from '../../plan/local-paths.ts'

/**
 * A plan must not be written over what it rests on, nor drover's files come to lie in a folder that it rests on: it
 * could never be applied.
 * @param out as the user named the file
 * @throws ProblemsError
 */
export function checkOutFile(cwd: string, out: string, { found }: PlanInputs): void {
  const path = withoutBase([cwd], resolve(cwd, out))
  const typeOf = new Map(found.map(input => [input.path, input.type]))
  if (typeOf.get(path) === 'file')
    refuse(`${out} is a file that the plan rests on, and stays as it is`, 'name another file after --out')
  if (typeOf.get(withoutBase([cwd], dirname(resolve(cwd, out)))) === 'folder')
    refuse(
      `${out} would lie in a folder that the plan rests on, and so change it`,
      'name a file in another folder after --out',
    )
  if (typeOf.get('.') === 'folder')
    refuse(
      'the plan rests on all of the working folder, where drover records that a plan was applied',
      'keep what is put, or the inventory, in a folder of its own',
    )
}

/**
 * A plan keeps the options that made it, and no passwords: an option with one in it would be lost.
 * @throws ProblemsError
 */
export function checkOptions(options: PlanOptions, mask: (text: string) => string): void {
  for (const [name, value] of Object.entries(options)) {
    const texts = [value].flat().filter(text => typeof text === 'string')
    if (texts.every(text => mask(text) === text)) continue
    refuse(
      `a plan has no passwords, and what the command line says holds that of a host (${OPTIONS[name] ?? name})`,
      'take the password out of it, or name the file differently',
    )
  }
}

const OPTIONS: Readonly<Record<string, string>> = {
  playbook: 'the name of the playbook',
  vars: '--var',
  skipTags: '--skip-tags',
  steps: '--step',
  becomeUser: '--become-user',
}

function refuse(message: string, hint: string): never {
  const problem: Problem = { code: 'plan_file', severity: 'error', message, hint }
  throw new ProblemsError([problem])
}
