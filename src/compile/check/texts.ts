import { checkCondition } from '../../expr/check-condition.ts'
import { checkSetting } from '../../expr/check-setting.ts'
import { checkTemplate, type Depends, type LocatedReference } from '../../expr/check-template.ts'
import type { Language } from '../../expr/environment.ts'
import { composedSecrets, misplacedSecrets } from '../../expr/secret-places.ts'
import type { Shape } from '../../expr/shape.ts'
import type { Setting, Text } from '../../model/playbook.ts'
import type { Problem } from '../../model/problem.ts'
import type { Expr, Template } from '../../model/template.ts'
import type { Checked, CheckedValue } from './checked.ts'
import { type FileSteps, holdsSteps, loopsBetween, type StepEntry } from './file-steps.ts'

/** A value with its CEL type, and all that is known of it. */
export interface TypedValue extends CheckedValue {
  readonly type: string
  readonly shape: Shape
}

/** Where texts stand among the steps of their file. */
export interface Standing {
  readonly steps: FileSteps
  readonly loops: readonly StepEntry[]
}

/** Checks texts that stand at one place of a file, and gathers the names that they use. */
export class Texts {
  readonly references: LocatedReference[] = []
  readonly #language: Language
  readonly #depends: Depends
  readonly #problems: Problem[]

  readonly #standing: Standing | undefined

  /**
   * @param problems what is found is added to them
   * @param standing the steps of the file, and the loops around the texts
   */
  constructor(language: Language, depends: Depends, problems: Problem[], standing?: Standing) {
    this.#standing = standing
    this.#language = language
    this.#depends = depends
    this.#problems = problems
  }

  template(text: Text, kind: 'shell' | 'plain' = 'plain'): Template {
    const { template, references, problems } = checkTemplate(text, kind, this.#language, this.#depends)
    this.#take(references, problems, kind === 'shell' ? 'shell' : 'other')
    return template
  }

  /** A text that may hold secrets. */
  secretTemplate(text: Text): Template {
    const { template, references, problems } = checkTemplate(text, 'plain', this.#language, this.#depends)
    this.#take(references, [...problems, ...composedSecrets(template, references)], 'fit')
    return template
  }

  condition(text: Text): Expr {
    const { expr, references, problems } = checkCondition(text, this.#language, this.#depends)
    this.#take(references, problems)
    return expr
  }

  /** The conditions of a step's own result, as `until`. */
  resultCondition(text: Text): Expr {
    const { expr, references, problems } = checkCondition(
      text,
      this.#language.within({ result: true }),
      this.#depends,
    )
    this.#take(references, problems)
    return expr
  }

  /** One text whose names are kept apart from the others'. */
  alone<T>(check: (texts: Texts) => T): Checked<T> {
    const texts = new Texts(this.#language, this.#depends, this.#problems, this.#standing)
    const code = check(texts)
    return { code, references: texts.references }
  }

  /** A value of any form, and its CEL type. */
  value(setting: Setting): TypedValue {
    const { value, type, shape, references, problems } = checkSetting(setting, this.#language, this.#depends)
    const misplaced = this.#misplaced(references)
    for (const problem of [...problems, ...this.#tooDeep(references), ...misplaced])
      this.#problems.push(problem)
    const depends = references.map(this.#depends)
    return {
      code: value,
      type,
      shape,
      references,
      perHost: depends.some(({ perHost }) => perHost),
      late: depends.some(({ late }) => late),
      where: setting.where,
    }
  }

  /** @param secrets where the text stands; `fit`: it may hold secrets */
  #take(
    references: readonly LocatedReference[],
    problems: readonly Problem[],
    secrets: 'shell' | 'other' | 'fit' = 'other',
  ): void {
    const misplaced = secrets === 'fit' ? [] : this.#misplaced(references, secrets)
    for (const reference of references) this.references.push(reference)
    for (const problem of [...problems, ...this.#tooDeep(references), ...misplaced])
      this.#problems.push(problem)
  }

  /** Where there are none, that is told. */
  #misplaced(references: readonly LocatedReference[], place?: 'shell' | 'other'): readonly Problem[] {
    return this.#language.names.has('secrets') ? misplacedSecrets(references, place) : []
  }

  /** Of a step inside several loops there would be lists of lists of results. */
  #tooDeep(references: readonly LocatedReference[]): Problem[] {
    const standing = this.#standing
    if (standing === undefined) return []
    return references.flatMap(({ root, path, where }) => {
      const entry = root === 'steps' ? standing.steps.byId.get(String(path[0])) : undefined
      if (entry === undefined || holdsSteps(entry.step)) return []
      const loops = loopsBetween(entry, standing.loops)
      const [first] = loops
      if (first === undefined || loops.length < 2) return []
      return {
        code: 'expression_name',
        severity: 'error',
        message: `"${entry.step.id}" is in several loops, and its results cannot be told apart here`,
        where,
        hint: `"steps.${first.step.id}" sums them up; or use them inside the outer loop`,
      }
    })
  }
}
