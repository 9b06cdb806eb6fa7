import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import type { PutAction } from '../../model/action.ts'
import { type Ending, failed } from '../result.ts'
import type { FileContent } from './content.ts'
import type { LocalFiles } from './local-file.ts'
import { findLocalSource, type LocalSource } from './local-tree.ts'
import { type Ownership, ownershipOf } from './ownership.ts'

/** What a put comes to, as far as this side knows; `refused`: it ends without asking the host. */
export type PreparedPut =
  | { readonly kind: 'refused'; readonly ending: Ending }
  | { readonly kind: 'file'; readonly content: FileContent; readonly ownership: Ownership }
  | { readonly kind: 'tree'; readonly source: TreeSource; readonly ownership: Ownership }

export type TreeSource = Exclude<LocalSource, { kind: 'file' }>

/** Reads what is to be put; `files` remembers what local files hold. */
export async function preparePut(action: PutAction, files: LocalFiles): Promise<PreparedPut> {
  const { source, dest } = action
  const ownership = ownershipOf(action)
  if ('refused' in ownership) return { kind: 'refused', ending: ownership.refused }
  if (dest === '' || dest.includes('\0')) {
    return { kind: 'refused', ending: failed('step_render', 'dest is empty or holds a NUL') }
  }
  if (source.kind === 'content') {
    const bytes = Buffer.from(source.text)
    const digest = createHash('sha256').update(bytes).digest('hex')
    return { kind: 'file', content: { kind: 'bytes', bytes, size: bytes.length, digest }, ownership }
  }
  const found = await findLocalSource(source.text)
  if ('code' in found) return { kind: 'refused', ending: { outcome: 'failed', failure: found } }
  if (found.kind !== 'file') return { kind: 'tree', source: found, ownership }
  const file = await files.read(found.path)
  if ('code' in file) return { kind: 'refused', ending: { outcome: 'failed', failure: file } }
  const { size, digest } = file
  const content = { kind: 'file', name: basename(found.path), file, size, digest } as const
  return { kind: 'file', content, ownership }
}
