import type { VarDecl } from '../model/playbook.ts'
import type { Problem } from '../model/problem.ts'
import type { ValueTemplate } from '../model/template.ts'
import { checkSetting } from './check-setting.ts'
import type { Language } from './environment.ts'
import type { Reference } from './references.ts'
import { misplacedSecrets } from './secret-places.ts'
import { type Shape, TEXT } from './shape.ts'

/** A variable's default, of which texts may hold expressions. */
export interface DefaultTemplate {
  readonly decl: VarDecl
  readonly shape: Shape
  readonly template: ValueTemplate
  readonly references: readonly Reference[]
  readonly problems: readonly Problem[]
}

export function checkDefault(decl: VarDecl, language: Language): DefaultTemplate {
  const { value, references, problems } = checkSetting(decl, language, () => ({ perHost: true, late: false }))
  const shape = language.shapeOf('vars', decl.name) ?? TEXT
  return {
    decl,
    shape,
    template: value,
    references,
    problems: [...problems, ...misplaced(references), ...misplacedSecrets(references)],
  }
}

/** Variables are worked out before there are steps. */
function misplaced(references: ReturnType<typeof checkSetting>['references']): Problem[] {
  return references
    .filter(({ root }) => root === 'steps')
    .map(({ where }) => ({
      code: 'expression_name',
      severity: 'error',
      message: 'the default of a variable cannot use the result of a step',
      where,
      hint: 'it may use vars, params, host, groups, facts and env',
    }))
}
