import { Language } from '../expr/environment.ts'
import { type Surroundings, Variables } from '../expr/variables.ts'
import type { Host } from '../model/host.ts'
import type { Playbook } from '../model/playbook.ts'
import type { Problem } from '../model/problem.ts'
import type { Value } from '../model/value.ts'
import type { CheckedFile } from './check/checked.ts'
import { Checker } from './check/checker.ts'
import { FileSteps } from './check/file-steps.ts'

/** A playbook with all of its texts checked, and its variables worked out for some hosts. */
export interface CheckedTexts {
  readonly playbook: Playbook
  readonly variables: Variables
  readonly root: CheckedFile
  readonly problems: readonly Problem[]
}

/** @param given what `-e` sets; all its names are declared */
export function checkTexts(
  playbook: Playbook,
  hosts: readonly Host[],
  given: Readonly<Record<string, Value>>,
  around?: Surroundings,
): CheckedTexts {
  const { vars, params } = playbook
  const secrets = playbook.secrets.map(({ name }) => name)
  const language = new Language({ vars, secrets, params, steps: new FileSteps(playbook).forms([]) })
  const variables = new Variables(language, hosts, given, around)
  const checker = new Checker(playbook, vars, language, variables.depends)
  const root = checker.file(playbook, new Map())
  return { playbook, variables, root, problems: [...variables.problems, ...checker.problems] }
}
