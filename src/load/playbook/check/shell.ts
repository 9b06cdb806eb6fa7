import type { Problem } from '../../../model/problem.ts'
import type { LinedText } from '../../yaml/source.ts'
import { child, type YamlNode } from '../../yaml/tree.ts'
import { problemAt } from './problem.ts'

/** What people write for `shell:` and what does not take a script with -e and -c. */
const NO_SHELLS = /(?:^|\/)(?:fish|t?csh|pwsh|powershell|cmd|node|perl|ruby|php|python[0-9.]*)$/

export function checkShell(source: LinedText, step: YamlNode): readonly Problem[] {
  const node = child(step, 'shell')
  if (node?.kind !== 'scalar' || !NO_SHELLS.test(node.text)) return []
  const hint = `call it in the script: run: "${node.text} …"; or give it the program with "stdin:"`
  return [problemAt(source, node, { message: `"${node.text}" does not take a script with -e and -c`, hint })]
}
