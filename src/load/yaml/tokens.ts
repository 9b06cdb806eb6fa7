import type { CST } from 'yaml'
import { LIMITS } from '../../model/limits.ts'
import type { Problem } from '../../model/problem.ts'
import { type LinedText, placeAt } from './source.ts'

/** What the token tree shows before anything recursive may touch it. */
export interface TokenSurvey {
  readonly problems: readonly Problem[]
  /** Nested so deep that composing it could overflow the stack, or so much that it would take very long. */
  readonly tooMuch: boolean
  /** Where each quote or bracket that is never closed opens. */
  readonly unclosed: readonly number[]
}

interface Surveyor {
  readonly source: LinedText
  readonly problems: Problem[]
  readonly unclosed: number[]
  aliases: number
}

/**
 * Looks at all tokens without recursion: depth and aliases have limits, tags and directives are refused. drover gives
 * no meaning to tags, and `unless: ! grep …` would lose its `!` (SEMANTICS: "YAML").
 */
export function surveyTokens(source: LinedText, tokens: readonly CST.Token[]): TokenSurvey {
  const surveyor: Surveyor = { source, problems: [], unclosed: [], aliases: 0 }
  const waiting = tokens.map(token => ({ token, depth: 0 }))
  let excess: Problem | undefined
  let seen = 0
  for (let next = waiting.pop(); next !== undefined && excess === undefined; next = waiting.pop()) {
    const { token, depth } = next
    surveyToken(surveyor, token)
    const inside = childrenOf(token)
    const deeper = inside.length > 0 && token.type !== 'document' ? depth + 1 : depth
    seen += inside.length
    if (deeper > LIMITS.yamlDepth)
      excess = limitProblem(source, token, `maps and lists are nested more than ${LIMITS.yamlDepth} deep`)
    else if (seen > LIMITS.yamlTokens)
      excess = limitProblem(
        source,
        token,
        `the file has more than ${LIMITS.yamlTokens} signs, keys and values`,
      )
    for (const child of inside) waiting.push({ token: child, depth: deeper })
  }
  if (excess !== undefined) surveyor.problems.push(excess)
  return { problems: surveyor.problems, tooMuch: excess !== undefined, unclosed: surveyor.unclosed }
}

/** Everything directly inside a token: signs before and between, keys and values. */
function childrenOf(token: CST.Token): CST.Token[] {
  switch (token.type) {
    case 'document':
      return [...token.start, ...present(token.value)]
    case 'block-map':
    case 'block-seq':
    case 'flow-collection':
      return token.items.flatMap(item => [
        ...item.start,
        ...present(item.key),
        ...(item.sep ?? []),
        ...present(item.value),
      ])
    case 'block-scalar':
      return token.props
    default:
      return []
  }
}

const present = (token: CST.Token | null | undefined) => (token == null ? [] : [token])

function surveyToken(surveyor: Surveyor, token: CST.Token): void {
  const { source, problems, unclosed } = surveyor
  switch (token.type) {
    case 'tag':
      problems.push(tagProblem(source, token.offset, token.source))
      break
    case 'directive':
      if (!/^%YAML\s+1\.2\s*$/.test(token.source))
        problems.push({
          code: 'yaml_syntax',
          severity: 'error',
          message: 'a playbook has no YAML directives',
          where: placeAt(source, token.offset, token.offset + token.source.length),
          hint: 'remove the line; drover reads YAML 1.2',
        })
      break
    case 'alias':
      surveyor.aliases++
      if (surveyor.aliases === LIMITS.yamlAliases + 1)
        problems.push(limitProblem(source, token, `more than ${LIMITS.yamlAliases} aliases (*name)`))
      break
    case 'single-quoted-scalar':
    case 'double-quoted-scalar':
      if (token.source.length === 1 || !token.source.endsWith(token.source[0] ?? ''))
        unclosed.push(token.offset)
      break
    case 'flow-collection':
      if (!token.end.some(end => end.type === 'flow-map-end' || end.type === 'flow-seq-end'))
        unclosed.push(token.offset)
  }
}

function tagProblem(source: LinedText, offset: number, tag: string): Problem {
  return {
    code: 'yaml_syntax',
    severity: 'error',
    message:
      tag === '!'
        ? 'YAML takes the "!" away from the value: it is a tag'
        : `"${tag}" is a YAML tag, and drover knows none`,
    where: placeAt(source, offset, offset + tag.length),
    hint: 'if it is part of the text, quote the whole value',
  }
}

function limitProblem(source: LinedText, token: CST.Token, message: string): Problem {
  return { code: 'yaml_limit', severity: 'error', message, where: placeAt(source, token.offset) }
}
