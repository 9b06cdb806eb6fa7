import { resolve } from 'node:path'
import { LIMITS } from '../model/limits.ts'
import { type Problem, ProblemsError } from '../model/problem.ts'
import { Secret } from '../model/secret.ts'
import type { Value } from '../model/value.ts'
import { readVarsYaml } from './inventory/vars-yaml.ts'
import { readText } from './read-text.ts'

/**
 * Reads what `-e` gives, in order, the last one wins: `name=value`, the value as text, or `@file`, a mapping in YAML
 * or JSON. Names that a playbook does not declare are for the compiler to refuse.
 * @throws ProblemsError with everything that is wrong in all of them
 */
export function readExtraVars(given: readonly string[], cwd: string): Readonly<Record<string, Value>> {
  const vars: Record<string, Value> = Object.create(null)
  const problems: Problem[] = []
  for (const word of given) {
    if (word.startsWith('@')) problems.push(...readFileInto(vars, word.slice(1), cwd))
    else problems.push(...readPairInto(vars, word))
  }
  if (problems.length > 0) throw new ProblemsError(problems)
  return vars
}

function readPairInto(vars: Record<string, Value>, word: string): readonly Problem[] {
  const equals = word.indexOf('=')
  if (equals <= 0) {
    return [
      {
        code: 'usage',
        severity: 'error',
        message: `-e "${word}" is neither name=value nor @file`,
        hint: 'write -e release=1.4.2',
      },
    ]
  }
  vars[word.slice(0, equals)] = word.slice(equals + 1)
  return []
}

function readFileInto(vars: Record<string, Value>, file: string, cwd: string): readonly Problem[] {
  const source = readText(resolve(cwd, file), { shownAs: file, limit: LIMITS.varsFileBytes })
  if (source.kind === 'unreadable')
    return [{ ...source.problem, message: `-e @${file}: ${source.problem.message}` }]
  const { settings, errors } = readVarsYaml(source)
  for (const [name, { value }] of settings) vars[name] = value instanceof Secret ? value.reveal() : value
  return errors
}
