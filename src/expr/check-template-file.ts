import type { Text } from '../model/playbook.ts'
import type { Problem } from '../model/problem.ts'
import type { Expr, Template, TemplatePart } from '../model/template.ts'
import { checkedTest } from './check-condition.ts'
import { type CheckedTemplate, checkInText, type LocatedReference } from './check-template.ts'
import type { Language } from './environment.ts'
import type { Depends, Traits } from './expression.ts'
import { ANY, itemShape } from './shape.ts'
import { type BlockNode, parseBlocks, type Tag } from './template-blocks.ts'

/**
 * Checks the text of a template file: expressions, and the blocks `${{ for x in list }}`, `${{ if test }}`,
 * `${{ elif test }}`, `${{ else }}` and `${{ end }}`. Nothing in it is shell text.
 */
export function checkTemplateFile(text: Text, language: Language, depends: Depends): CheckedTemplate {
  const { nodes, problems } = parseBlocks(text)
  const check = new FileCheck(text, problems)
  const template = check.all(nodes, language, depends)
  return { template, references: check.references, problems: check.problems }
}

class FileCheck {
  readonly references: LocatedReference[] = []
  readonly problems: Problem[]
  readonly #text: Text

  constructor(text: Text, problems: readonly Problem[]) {
    this.#text = text
    this.problems = [...problems]
  }

  all(nodes: readonly BlockNode[], language: Language, depends: Depends): Template {
    return nodes.map(node => this.#part(node, language, depends))
  }

  #part(node: BlockNode, language: Language, depends: Depends): TemplatePart {
    switch (node.kind) {
      case 'literal':
        return node.text
      case 'expression':
        return this.#inserted(node, language, depends)
      case 'for':
        return this.#loop(node, language, depends)
      case 'if': {
        const branches = node.branches.map(({ test, body }) => ({
          test: this.#test(test, language, depends),
          body: this.all(body, language, depends),
        }))
        return { kind: 'if', branches, otherwise: this.all(node.otherwise, language, depends) }
      }
    }
  }

  #inserted({ source, offset }: Tag, language: Language, depends: Depends): Expr {
    const { expr, checked, references, problems } = checkInText(this.#text, source, offset, language, depends)
    this.#take(references, problems, language)
    if (problems.length > 0) return expr
    const { kind } = checked.shape
    if (checked.raw) this.#wrong(expr, 'raw() only means something in shell text: leave it out')
    else if (kind === 'list' || kind === 'map' || checked.type === 'null')
      this.#wrong(
        expr,
        `a value of type ${checked.type} cannot stand in text`,
        kind === 'list'
          ? '${{ for x in list }} … ${{ end }} goes through it; or x.join(", "), or json(x)'
          : 'choose one of its values, as x.key; or json(x) writes it as JSON',
      )
    return expr
  }

  #loop(node: BlockNode & { readonly kind: 'for' }, language: Language, depends: Depends): TemplatePart {
    const { name, list: tag, body } = node
    const { expr, checked, references, problems } = checkInText(
      this.#text,
      tag.source,
      tag.offset,
      language,
      depends,
    )
    this.#take(references, problems, language)
    const item = itemShape(checked.shape)
    if (problems.length === 0 && item === undefined)
      this.#wrong(expr, `for goes through a list or a map, and this is a ${checked.type}`)
    if (language.names.has(name) && !language.inner.locals?.has(name))
      this.#wrong(expr, `"${name}" has a meaning already: choose another name for the items`)
    const inside = language.within({ locals: new Map(language.inner.locals).set(name, item ?? ANY) })
    const traits: Traits = { perHost: expr.perHost, late: expr.late }
    const dependsInside: Depends = reference => (reference.root === name ? traits : depends(reference))
    return { kind: 'for', name, list: expr, body: this.all(body, inside, dependsInside) }
  }

  #test({ source, offset }: Tag, language: Language, depends: Depends): Expr {
    const { expr, references, problems } = checkedTest(this.#text, source, offset, language, depends)
    this.#take(references, problems, language)
    return expr
  }

  /** What blocks bind is nobody else's business. */
  #take(references: readonly LocatedReference[], problems: readonly Problem[], { inner }: Language): void {
    this.references.push(...references.filter(({ root }) => !inner.locals?.has(root)))
    this.problems.push(...problems)
  }

  #wrong({ where }: Expr, message: string, hint?: string): void {
    this.problems.push({
      code: 'expression_type',
      severity: 'error',
      message,
      where,
      ...(hint === undefined ? {} : { hint }),
    })
  }
}
