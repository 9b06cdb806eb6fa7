import type { Problem } from '../../../model/problem.ts'
import type { LinedText } from '../../yaml/source.ts'
import { child, type YamlNode, type YamlScalar } from '../../yaml/tree.ts'
import { scalarText } from '../text.ts'
import { problemAt } from './problem.ts'

/** Texts that are shown or used before anything is known, and lists of them. */
export function checkStatic(source: LinedText, map: YamlNode, keys: readonly string[]): readonly Problem[] {
  return keys.flatMap(key => {
    const node = child(map, key)
    const message = `an expression is not possible in "${key}"`
    return (node?.kind === 'list' ? node.items : [node])
      .filter(item => item?.kind === 'scalar' && item.text.includes('${{'))
      .map(item => problemAt(source, item as YamlScalar, { message }, 'expression_name'))
  })
}

/** Conditions are expressions as they are, and YAML 1.1's booleans are not. */
export function checkConditions(source: LinedText, step: YamlNode): readonly Problem[] {
  const assert = child(step, 'assert')
  const ofRun = child(step, 'run') === undefined ? [] : ['changed_when', 'failed_when']
  const conditions: readonly (readonly [key: string, node: YamlNode | undefined])[] = [
    ...['when', ...ofRun].map(key => [key, child(step, key)] as const),
    ['until', child(child(step, 'retry'), 'until')],
    ['assert', assert?.kind === 'map' ? child(assert, 'that') : assert],
  ]
  return conditions.flatMap(([key, node]) =>
    (node?.kind === 'list' ? node.items : [node]).flatMap(item =>
      item?.kind === 'scalar' && item.type === 'text' ? checkCondition(source, key, item) : [],
    ),
  )
}

const YAML_1_1 = /^(?:(y|yes|on|true)|n|no|off|false)$/i

function checkCondition(source: LinedText, key: string, node: YamlScalar): readonly Problem[] {
  const open = node.text.search(/\$\{\{|^\s*\{\{/)
  if (open >= 0) {
    const inner = /^\s*\$?\{\{((?:(?!\}\}|\{\{)[^\n])*)\}\}\s*$/.exec(node.text)?.[1]?.trim()
    const hint = `write it without \${{ }}${inner === undefined || inner === '' ? '' : `: ${inner}`}`
    const where = scalarText(source, node).at(open, 3)
    const message = `"${key}" is an expression as it is`
    return [{ code: 'expression_syntax', severity: 'error', message, where, hint }]
  }
  const word = YAML_1_1.exec(node.text.trim())
  if (word === null || node.text === 'true' || node.text === 'false') return []
  const message = `"${key}" must be a condition, and "${node.text}" is only a word`
  return [problemAt(source, node, { message, hint: `write ${word[1] !== undefined}` })]
}
