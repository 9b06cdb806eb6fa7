import { dirname, join, relative } from 'node:path'
import type { GetFinding } from '../../model/finding.ts'
import type { NodePreview } from '../../model/preview.ts'
import { count, formatBytes } from '../../model/quantity.ts'
import { localPath } from './local-path.ts'
import type { Shown } from './shown.ts'

/** What hosts together would send, and what of it is here. */
export interface Fetched {
  readonly files: number
  readonly bytes: number
  readonly new: number
  readonly same: number
  readonly changed: number
  /** Local paths; of several hosts with `<host>` for the host's own folder, each once. */
  readonly overwritten: readonly string[]
}

/** Undefined where it was not looked at. Sizes differ from host to host; that alone does not keep hosts apart. */
export function fetchedOf(nodes: readonly NodePreview[], cwd: string): Fetched | undefined {
  const all = nodes.flatMap(node => (isFetching(node.finding) ? [{ ...node, finding: node.finding }] : []))
  if (all.length === 0) return undefined
  const sum = (of: (finding: GetFinding) => number) =>
    all.reduce((total, { finding }) => total + of(finding), 0)
  const paths = all.flatMap(({ finding, sketch }) => {
    const dest = sketch.kind === 'action' && sketch.action.kind === 'get' ? sketch.action.dest : undefined
    return finding.local.overwritten.map(path =>
      overwrittenPath(path, all.length > 1 ? dest : undefined, cwd),
    )
  })
  return {
    files: sum(({ files }) => files),
    bytes: sum(({ bytes }) => bytes),
    new: sum(({ local }) => local.new),
    same: sum(({ local }) => local.same),
    changed: sum(({ local }) => local.changed),
    overwritten: [...new Set(paths)],
  }
}

function isFetching(finding: NodePreview['finding']): finding is GetFinding {
  return finding?.kind === 'get' && finding.outlook === 'fetches'
}

function overwrittenPath(path: string, dest: string | undefined, cwd: string): string {
  if (dest === undefined) return localPath(path, cwd)
  return localPath(join(dirname(dest), '<host>', relative(dest, path)), cwd)
}

/** `3 files, 1.2 MB, here already`: to follow a verdict. */
export function fetchedWords({ files, bytes, same, changed }: Fetched): string {
  const size = files === 0 ? 'no files' : `${count(files, 'file')}, ${formatBytes(bytes)}`
  const here =
    files > 0 && same === files ? ', here already' : same === 0 ? '' : `, ${same} of them here already`
  return `${size}${here}${changed === 0 ? '' : `; overwrites ${changed} here`}`
}

/** The same with the paths that would be overwritten, at most `most` of them. */
export function fetchedLines(fetched: Fetched, most: number, shown: Shown): string[] {
  const { overwritten, changed } = fetched
  const [only] = overwritten
  const plain = fetchedWords({ ...fetched, changed: 0 })
  if (only === undefined) return [fetchedWords(fetched)]
  if (overwritten.length === 1) return [`${plain}; overwrites ${shown(only)}`]
  const listed = overwritten.length > most + 1 ? overwritten.slice(0, most) : overwritten
  const more = overwritten.length - listed.length
  return [
    `${plain}; overwrites ${count(changed, 'file')} here:`,
    ...listed.map(path => `  ${shown(path)}`),
    ...(more > 0 ? [`  … and ${more} more (-v shows them)`] : []),
  ]
}
