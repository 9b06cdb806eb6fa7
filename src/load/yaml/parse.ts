import { Composer, Parser } from 'yaml'
import type { Problem } from '../../model/problem.ts'
import { buildTree } from './build.ts'
import { syntaxProblems } from './errors.ts'
import { type LinedText, placeAt } from './source.ts'
import { surveyTokens } from './tokens.ts'
import type { YamlNode } from './tree.ts'

export interface ParsedYaml {
  /** Absent where the file is not sound YAML; an empty file is a null scalar. */
  readonly root?: YamlNode
  readonly problems: readonly Problem[]
}

/**
 * Parses one YAML document strictly: what the library only warns of is an error, tags, directives, merge keys and
 * control characters are refused, and depth and aliases are bounded. Never throws.
 */
export function parseYaml(source: LinedText): ParsedYaml {
  const controls = controlProblems(source)
  if (controls.length > 0) return { problems: controls }
  const tokens = [...new Parser().parse(source.text)]
  const survey = surveyTokens(source, tokens)
  if (survey.tooMuch) return { problems: survey.problems }
  // The failsafe schema makes every scalar a string: drover tells types itself and keeps what is written.
  const composer = new Composer({ schema: 'failsafe', uniqueKeys: false, keepSourceTokens: true })
  const [document, second] = composer.compose(tokens, true, source.text.length)
  if (document === undefined) return { problems: survey.problems }
  const warnings = document.warnings.filter(
    ({ code }) => code !== 'TAG_RESOLVE_FAILED' && code !== 'BAD_DIRECTIVE',
  )
  const problems = [
    ...survey.problems,
    ...syntaxProblems(source, [...document.errors, ...warnings], survey.unclosed),
    ...(second === undefined ? [] : [secondDocument(source, second.range[0])]),
  ]
  if (problems.length > 0) return { problems }
  const found: Problem[] = []
  const root = buildTree(source, document.contents, found)
  return found.length > 0 ? { problems: found } : { root, problems: [] }
}

/** C0 without tab and line ends, DEL and C1: nobody sees them, and terminals obey them. */
const CONTROL = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]|\r(?!\n)/g

const MOST_CONTROLS = 20

function controlProblems(source: LinedText): Problem[] {
  const found: Problem[] = []
  for (const match of source.text.matchAll(CONTROL)) {
    const code = match[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')
    found.push({
      code: 'yaml_syntax',
      severity: 'error',
      message:
        match[0] === '\r'
          ? 'a carriage return without a line feed'
          : `a control character (U+${code}) is not allowed in a playbook`,
      where: placeAt(source, match.index),
      hint:
        match[0] === '\r'
          ? 'end lines with LF or CRLF'
          : `remove it, or write it as "\\x${code.slice(2)}" in double quotes`,
    })
    if (found.length === MOST_CONTROLS) break
  }
  return found
}

function secondDocument(source: LinedText, start: number): Problem {
  return {
    code: 'yaml_syntax',
    severity: 'error',
    message: 'a second YAML document starts here; a file holds one playbook',
    where: placeAt(source, start),
    hint: 'put it in a file of its own',
  }
}
