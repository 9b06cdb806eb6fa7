import type { UseSpec } from '../../model/playbook.ts'
import type { Problem } from '../../model/problem.ts'
import type { CheckedUse, CheckedValue } from './checked.ts'
import type { FileChecks } from './file-checks.ts'
import { mistyped } from './param-type.ts'
import type { Traits } from './params.ts'
import type { Texts } from './texts.ts'

/**
 * Checks what an include is given against the types of its file's parameters, and the file with it. Names that are
 * missing or unknown, and fixed values, are looked at when the files are read.
 */
export function checkUse(checker: FileChecks, spec: UseSpec, texts: Texts, problems: Problem[]): CheckedUse {
  const { file } = spec
  const given = new Map<string, CheckedValue>()
  const traits = new Map<string, Traits>()
  for (const [name, setting] of spec.with) {
    const value = texts.value(setting)
    const decl = file?.params.find(param => param.name === name)
    if (decl === undefined) continue
    problems.push(...mistyped(decl, value, `"${name}"`))
    given.set(name, value)
    traits.set(name, { perHost: value.perHost, late: value.late })
  }
  return { kind: 'use', given, file: file === undefined ? undefined : checker.file(file, traits) }
}
