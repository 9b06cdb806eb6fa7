import type { Setting, Text } from '../model/playbook.ts'
import type { Problem } from '../model/problem.ts'
import type { ValueTemplate } from '../model/template.ts'
import type { Value } from '../model/value.ts'
import { pathBelow, WHOLE } from '../model/value-path.ts'
import { isList, isMap } from './cel-value.ts'
import { checkInText, checkTemplate, type LocatedReference } from './check-template.ts'
import type { Language } from './environment.ts'
import type { Depends } from './expression.ts'
import { scanText } from './scan.ts'
import { ANY, celTypeOf, type Shape, shapeOf } from './shape.ts'

export interface CheckedSetting {
  readonly value: ValueTemplate
  /** The CEL type, and all that is known of the value. */
  readonly type: string
  readonly shape: Shape
  readonly references: readonly LocatedReference[]
  readonly problems: readonly Problem[]
}

/** Checks a value of any form whose strings may hold `${{ }}`. A string that is nothing but one keeps its type. */
export function checkSetting(setting: Setting, language: Language, depends: Depends): CheckedSetting {
  const check = new SettingCheck(setting, language, depends)
  const value = check.value(setting.value, WHOLE)
  const shape = shapeOf(setting.value, path => check.shapes.get(path))
  return { value, type: celTypeOf(shape), shape, references: check.references, problems: check.problems }
}

class SettingCheck {
  readonly references: LocatedReference[] = []
  readonly problems: Problem[] = []
  readonly shapes = new Map<string, Shape>()
  readonly #texts: Setting['texts']
  readonly #language: Language
  readonly #depends: Depends

  constructor({ texts }: Setting, language: Language, depends: Depends) {
    this.#texts = texts
    this.#language = language
    this.#depends = depends
  }

  value(value: Value, path: string): ValueTemplate {
    if (isList(value)) return listOf(value.map((item, index) => this.value(item, pathBelow(path, index))))
    if (isMap(value))
      return mapOf(
        Object.entries(value).map(([key, item]) => [key, this.value(item, pathBelow(path, key))] as const),
      )
    const text = typeof value === 'string' ? this.#texts.get(path) : undefined
    return text?.value.includes('${{') ? this.#text(text, path) : { kind: 'fixed', value }
  }

  #text(text: Text, path: string): ValueTemplate {
    const { segments, problems } = scanText(text)
    const [first] = segments
    if (problems.length > 0 || segments.length !== 1 || first?.kind !== 'expression') {
      const checked = checkTemplate(text, 'plain', this.#language, this.#depends)
      this.references.push(...checked.references)
      this.problems.push(...checked.problems)
      const [only] = checked.template
      return checked.template.length === 1 && typeof only === 'string'
        ? { kind: 'fixed', value: only }
        : { kind: 'text', text: checked.template }
    }
    const { expr, checked, ...told } = checkInText(
      text,
      first.source,
      first.offset,
      this.#language,
      this.#depends,
    )
    this.references.push(...told.references)
    this.problems.push(...told.problems)
    if (checked.raw && told.problems.length === 0)
      this.problems.push({
        code: 'expression_type',
        severity: 'error',
        message: 'raw() only means something in shell text: leave it out',
        where: expr.where,
      })
    this.shapes.set(path, told.problems.length > 0 ? ANY : checked.shape)
    return { kind: 'expr', expr }
  }
}

/** Fixed items are not as they are written: `$${{` in them is a literal. */
function listOf(items: readonly ValueTemplate[]): ValueTemplate {
  const values = items.flatMap(item => (item.kind === 'fixed' ? [item.value] : []))
  return values.length === items.length ? { kind: 'fixed', value: values } : { kind: 'list', items }
}

function mapOf(entries: readonly (readonly [string, ValueTemplate])[]): ValueTemplate {
  const values = entries.flatMap(([key, item]) => (item.kind === 'fixed' ? [[key, item.value] as const] : []))
  return values.length === entries.length
    ? { kind: 'fixed', value: Object.fromEntries(values) }
    : { kind: 'map', entries }
}
