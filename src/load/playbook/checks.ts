import type { ErrorCode } from '../../model/errors.ts'
import { LIMITS } from '../../model/limits.ts'
import type { Problem } from '../../model/problem.ts'
import { type LinedText, placeAt } from '../yaml/source.ts'
import { child, type YamlNode, type YamlScalar } from '../yaml/tree.ts'
import { readDuration } from './quantity.ts'
import { CEL_WORDS, writtenIds } from './step-id.ts'
import { scalarText } from './text.ts'

/** What a schema cannot say: ids, limits, names that expressions can't use, and texts that YAML has cut. */
export function checkPlaybook(source: LinedText, root: YamlNode): Problem[] {
  const list = child(root, 'steps')
  const steps = list?.kind === 'list' ? list.items : []
  return [
    ...checkIds(source, steps),
    ...[child(root, 'defaults'), ...steps].flatMap(node => checkTimeout(source, node)),
    ...[root, ...steps].flatMap(node => checkStatic(source, node, 'name')),
    ...checkStatic(source, root, 'inventory'),
    ...checkVarNames(source, child(root, 'vars')),
    ...checkTexts(source, root),
  ]
}

function problemAt(
  source: LinedText,
  node: YamlNode,
  words: { readonly message: string; readonly hint?: string },
  code: ErrorCode = 'playbook_schema',
): Problem {
  return { code, severity: 'error', ...words, where: placeAt(source, node.start, node.end) }
}

function checkIds(source: LinedText, steps: readonly YamlNode[]): Problem[] {
  const first = new Map<string, YamlNode>()
  return writtenIds(steps).flatMap((id, index) => {
    const node = child(steps[index], 'id')
    if (id === undefined || node === undefined) return []
    if (CEL_WORDS.has(id)) {
      const message = `"${id}" cannot be the id of a step: it is a word of the expression language`
      return [problemAt(source, node, { message, hint: `write for instance "${id}_step"` }, 'step_id')]
    }
    const before = first.get(id)
    if (before === undefined) {
      first.set(id, node)
      return []
    }
    const { line } = placeAt(source, before.start)
    return [
      problemAt(source, node, { message: `the step in line ${line} has the id "${id}" already` }, 'step_id'),
    ]
  })
}

function checkTimeout(source: LinedText, node: YamlNode | undefined): Problem[] {
  const timeout = child(node, 'timeout')
  if (timeout === undefined || (readDuration(timeout) ?? 0) <= LIMITS.timeoutMs) return []
  return [
    problemAt(source, timeout, { message: `"timeout" may be ${LIMITS.timeoutMs / 86_400_000} days at most` }),
  ]
}

/** Texts that are shown or used before any host is known. */
function checkStatic(source: LinedText, map: YamlNode, key: string): Problem[] {
  const node = child(map, key)
  if (node?.kind !== 'scalar' || !node.text.includes('${{')) return []
  return [
    problemAt(source, node, { message: `an expression is not possible in "${key}"` }, 'expression_name'),
  ]
}

const CEL_WORD = 'it is a word of the expression language'
const NO_VARIABLES: ReadonlyMap<string, string> = new Map([
  ...['true', 'false', 'null', 'in'].map(name => [name, CEL_WORD] as const),
  ['__proto__', 'to many programs it means something else'],
])

/** `vars.in` and its like are no expressions. */
function checkVarNames(source: LinedText, vars: YamlNode | undefined): Problem[] {
  if (vars?.kind !== 'map') return []
  return [...vars.entries.values()].flatMap(({ key }) => {
    const why = NO_VARIABLES.get(key.text)
    if (why === undefined) return []
    const message = `"${key.text}" cannot be the name of a variable: ${why}`
    return [problemAt(source, key, { message, hint: 'choose another name' })]
  })
}

/** NUL may be in what goes through a stream, never in a path, an argument or an environment variable. */
const MAY_HOLD_NUL: ReadonlySet<string> = new Set(['content', 'stdin'])

function checkTexts(source: LinedText, root: YamlNode): Problem[] {
  const problems: Problem[] = []
  const seen = new Set<YamlNode>()
  const visit = (node: YamlNode, key: string): void => {
    if (node.kind === 'scalar') {
      problems.push(...checkCut(source, node))
      if (node.text.includes('\0') && !MAY_HOLD_NUL.has(key))
        problems.push(problemAt(source, node, { message: `"${key}" holds a NUL character` }))
      return
    }
    if (seen.has(node)) return
    seen.add(node)
    if (node.kind === 'list') for (const item of node.items) visit(item, key)
    else for (const [name, { value }] of node.entries) visit(value, name)
  }
  visit(root, 'playbook')
  return problems
}

/** `${{ vars.x # y }}`: the comment takes the end of the expression along. */
function checkCut(source: LinedText, node: YamlScalar): Problem[] {
  if (node.style !== 'plain') return []
  const open = node.text.lastIndexOf('${{')
  if (open === -1 || node.text.includes('}}', open)) return []
  if (!/^[ \t]+#/.test(source.text.slice(node.end, node.end + 100))) return []
  return [
    {
      code: 'expression_quote',
      severity: 'error',
      message: 'the expression is cut off: " #" starts a comment in YAML',
      where: scalarText(source, node).at(open, node.text.length - open),
      hint: 'quote this value',
    },
  ]
}
