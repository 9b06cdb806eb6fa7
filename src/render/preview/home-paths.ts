import type { PutFinding } from '../../model/finding.ts'
import type { NodePreview } from '../../model/preview.ts'

/**
 * What a put to a relative path found, its paths as the playbook names them: homes that are called otherwise on each
 * host would keep hosts apart that get the same.
 */
export function withoutHome(node: NodePreview): NodePreview {
  const { sketch, finding } = node
  if (finding?.kind !== 'put' || sketch.kind !== 'action' || sketch.action.kind !== 'put') return node
  const { dest } = sketch.action
  if (dest.startsWith('/')) return node
  const home = homeIn(
    finding,
    dest
      .replace(/^~\//, '')
      .replace(/^(?:\.\/+)+/, '')
      .replace(/\/+$/, ''),
  )
  return home === undefined ? node : { ...node, finding: below(home, finding) }
}

/**
 * The folder that a relative path counts from, where all that was found lies there under the path's own name. Where that
 * name occurs again, in the home itself or below the path, nothing tells which one it is.
 */
function homeIn({ targets, missing, changes }: PutFinding, dest: string): string | undefined {
  const [first] = targets
  if (first === undefined || dest === '') return undefined
  const [path, name] = [`${first}/`, `/${dest}/`]
  const at = path.indexOf(name)
  if (at < 1 || at !== path.lastIndexOf(name)) return undefined
  const home = first.slice(0, at + 1)
  const isBelow = (path: string) => path.startsWith(home)
  return missing.every(isBelow) && changes.every(({ path }) => isBelow(path)) ? home : undefined
}

function below(home: string, finding: PutFinding): PutFinding {
  const { missing, changes } = finding
  return {
    ...finding,
    missing: missing.map(path => path.slice(home.length)),
    changes: changes.map(change => ({ ...change, path: change.path.slice(home.length) })),
  }
}
