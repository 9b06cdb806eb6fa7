import type { Expr, Template, TemplatePart } from '../../model/template.ts'

/** All expressions of a template, those inside blocks too. */
export function expressionsIn(template: Template): readonly Expr[] {
  return template.flatMap(part => (typeof part === 'string' ? [] : expressionsOf(part)))
}

function expressionsOf(part: Exclude<TemplatePart, string>): readonly Expr[] {
  switch (part.kind) {
    case 'expr':
      return [part]
    case 'for':
      return [part.list, ...expressionsIn(part.body)]
    case 'if': {
      const branches = part.branches.flatMap(({ test, body }) => [test, ...expressionsIn(body)])
      return [...branches, ...expressionsIn(part.otherwise)]
    }
  }
}

/** Whether only the run knows the text. */
export function isLate(template: Template): boolean {
  return template.some(part => typeof part !== 'string') && expressionsIn(template).some(({ late }) => late)
}

/** Whether the text can be another one on each host, or at each time. */
export function isVarying(template: Template): boolean {
  return (
    template.some(part => typeof part !== 'string') &&
    expressionsIn(template).some(({ perHost, late }) => perHost || late)
  )
}
