import type { VarDecl } from '../model/playbook.ts'
import type { Problem } from '../model/problem.ts'
import type { Template } from '../model/template.ts'
import type { Value } from '../model/value.ts'
import { isList, isMap } from './cel-value.ts'
import { checkTemplate } from './check-template.ts'
import type { Language, Scope } from './environment.ts'
import type { Reference } from './references.ts'
import { type RenderProblem, renderTemplate } from './render-template.ts'

/** A variable's default whose texts hold expressions. */
export interface DefaultTemplate {
  readonly decl: VarDecl
  /** By the path of the text inside the default, as in `VarDecl.texts`; texts without expressions are left out. */
  readonly templates: ReadonlyMap<string, Template>
  readonly references: readonly Reference[]
  readonly problems: readonly Problem[]
}

export function checkDefault(decl: VarDecl, language: Language): DefaultTemplate {
  const templates = new Map<string, Template>()
  const references: Reference[] = []
  const problems: Problem[] = []
  for (const [path, text] of decl.texts) {
    if (!text.value.includes('${{')) continue
    const checked = checkTemplate(text, 'plain', language, () => true)
    templates.set(path, checked.template)
    for (const reference of checked.references) references.push(reference)
    for (const problem of checked.problems) problems.push(problem)
  }
  return { decl, templates, references, problems }
}

/** The default as it is for one host. */
export function renderDefault(
  { decl, templates }: DefaultTemplate,
  language: Language,
  scope: Scope,
): { readonly value: Value } | { readonly problem: RenderProblem } {
  const texts = new Map<string, string>()
  for (const [path, template] of templates) {
    const text = renderTemplate(template, language, scope)
    if (typeof text !== 'string') return { problem: text }
    texts.set(path, text)
  }
  return { value: replaceTexts(decl.value, '', texts) }
}

function replaceTexts(value: Value, path: string, texts: ReadonlyMap<string, string>): Value {
  const below = (key: string | number) => (path === '' ? String(key) : `${path}.${key}`)
  if (isList(value)) return value.map((item, index) => replaceTexts(item, below(index), texts))
  if (isMap(value)) {
    const entries = Object.entries(value).map(([key, item]) => [key, replaceTexts(item, below(key), texts)])
    return Object.fromEntries(entries)
  }
  return texts.get(path) ?? value
}
