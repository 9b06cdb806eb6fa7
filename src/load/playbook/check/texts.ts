import type { Problem } from '../../../model/problem.ts'
import type { LinedText } from '../../yaml/source.ts'
import type { YamlNode, YamlScalar } from '../../yaml/tree.ts'
import { scalarText } from '../text.ts'
import { problemAt } from './problem.ts'

/** NUL may be in what goes through a stream, never in a path, an argument or an environment variable. */
const MAY_HOLD_NUL: ReadonlySet<string> = new Set(['content', 'stdin'])

/** What can be wrong with any text of a file: a NUL, an expression that YAML has cut. */
export function checkTexts(source: LinedText, root: YamlNode): readonly Problem[] {
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
function checkCut(source: LinedText, node: YamlScalar): readonly Problem[] {
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
