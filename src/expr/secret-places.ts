import type { Problem } from '../model/problem.ts'
import type { Template, TemplatePart } from '../model/template.ts'
import type { LocatedReference } from './check-template.ts'

const WHERE = 'a secret can only stand in env: and stdin: of a run, and in the content or template of a put'

/** Secrets where there can be none: what holds them would be shown, or stand in a list of processes. */
export function misplacedSecrets(
  references: readonly LocatedReference[],
  place: 'shell' | 'other' = 'other',
): readonly Problem[] {
  return references.filter(isSecret).map(({ path: [name], where }) =>
    place === 'shell'
      ? {
          code: 'secret_place',
          severity: 'error',
          message: 'a secret cannot stand in shell text: the process lists of hosts would show it',
          where,
          hint: `pass it by env: { NAME: "\${{ secrets.${name ?? 'x'} }}" } and use "$NAME", or by stdin:`,
        }
      : {
          code: 'secret_place',
          severity: 'error',
          message: 'a secret cannot stand here',
          where,
          hint: WHERE,
        },
  )
}

/** Secrets inside of larger expressions: what is made of them could not be told from other values. */
export function composedSecrets(
  template: Template,
  references: readonly LocatedReference[],
): readonly Problem[] {
  const bare = new Set(barePlaces(template))
  return references
    .filter(reference => isSecret(reference) && !bare.has(placeOf(reference.where)))
    .map(({ path: [name], where }) => ({
      code: 'secret_place',
      severity: 'error',
      message: 'a secret stands alone in its ${{ }}: nothing can be computed from it',
      where,
      hint: `write \${{ secrets.${name ?? 'x'} }}, with text before and after it where that is meant`,
    }))
}

/** The name of the secret that an expression is, where it is nothing else. */
export function bareSecret(source: string): string | undefined {
  const [, dotted, keyed] = BARE.exec(source) ?? []
  return dotted ?? keyed
}

const BARE = /^\s*secrets(?:\.(\w+)|\["(\w+)"\])\s*$/

const isSecret = ({ root }: LocatedReference) => root === 'secrets'
const placeOf = ({ file, line, col }: LocatedReference['where']) => `${file}:${line}:${col}`

/** Where expressions begin that are nothing but a secret; conditions and lists of blocks are none. */
function barePlaces(parts: readonly TemplatePart[]): readonly string[] {
  return parts.flatMap(part => (typeof part === 'string' ? [] : barePlacesIn(part)))
}

function barePlacesIn(part: Exclude<TemplatePart, string>): readonly string[] {
  switch (part.kind) {
    case 'expr': {
      if (bareSecret(part.source) === undefined) return []
      const blanks = part.source.length - part.source.trimStart().length
      const { where } = part
      return [placeOf({ ...where, col: where.col + blanks }), placeOf(where)]
    }
    case 'for':
      return barePlaces(part.body)
    case 'if':
      return [...part.branches.flatMap(({ body }) => barePlaces(body)), ...barePlaces(part.otherwise)]
  }
}
