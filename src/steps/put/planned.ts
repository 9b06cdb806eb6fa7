import { createHash } from 'node:crypto'
import type { LocalFile } from './local-file.ts'
import type { TreeEntry } from './local-tree.ts'

/** What a put saw when it was planned: on the host, and, of files that lie here, what it would send. */
export interface PlannedPut {
  readonly there: string
  /** Absent where the action itself has the content. */
  readonly from?: string
}

const FROM = ' from '

/** Both in one line, as plans keep it. */
export function plannedLine({ there, from }: PlannedPut): string {
  return from === undefined || there === '' ? there : `${there}${FROM}${from}`
}

export function readPlanned(line: string): PlannedPut {
  const at = line.lastIndexOf(FROM)
  return at === -1 ? { there: line } : { there: line.slice(0, at), from: line.slice(at + FROM.length) }
}

/** Unlike what hosts have it is mostly the same for all of them, and is spelled so that plans share it. */
export function sourceOfFile(content: {
  readonly kind: 'bytes' | 'file'
  readonly digest: string
}): Pick<PlannedPut, 'from'> {
  return content.kind === 'bytes' ? {} : { from: Buffer.from(content.digest, 'hex').toString('base64url') }
}

/** The same as long as nothing is changed, new or gone in the tree. */
export function sourceOfTree(
  entries: readonly TreeEntry[],
  files: ReadonlyMap<TreeEntry, LocalFile>,
): Required<Pick<PlannedPut, 'from'>> {
  const hash = createHash('sha256')
  for (const entry of entries) {
    const content = entry.kind === 'link' ? entry.target : files.get(entry)?.digest
    hash.update(JSON.stringify([entry.kind, entry.path, content]))
  }
  return { from: hash.digest('base64url') }
}
