import { readFile } from 'node:fs/promises'
import { LIMITS } from '../../model/limits.ts'
import type { Plan } from '../../model/plan.ts'
import type { Field } from '../../model/plan-diff.ts'
import { formatBytes } from '../../model/quantity.ts'
import type { SketchNode } from '../../model/sketch.ts'
import { createLocalFiles } from '../../steps/put/local-file.ts'
import { findLocalSource, type TreeEntry } from '../../steps/put/local-tree.ts'

/** Where a local path is read: a path of the repository, in the tree of a revision. */
export type ReadAt = (path: string) => string

/** What lies at the local paths that a plan puts, by path. Those that only the run knows are left out. */
export async function putSources(
  plan: Plan,
  sketch: SketchNode,
  at: ReadAt,
): Promise<ReadonlyMap<string, readonly Field[]>> {
  const sources = new Map<string, readonly Field[]>()
  for (const step of plan.steps) {
    if (step.action.kind !== 'put' || step.action.source.kind !== 'src') continue
    for (const host of step.targets) {
      const found = sketch(step.index, host)
      if (found.kind !== 'action' || found.action.kind !== 'put') continue
      const { text: path } = found.action.source
      if (!sources.has(path) && path.startsWith('/')) sources.set(path, await fieldsOf(at(path)))
    }
  }
  return sources
}

async function fieldsOf(path: string): Promise<readonly Field[]> {
  const source = await findLocalSource(path)
  if ('code' in source) return [{ name: 'content', text: 'there is no such file' }]
  if (source.kind === 'file') return [{ name: 'content', text: await contentOf(path) }]
  const fields: Field[] = []
  for (const entry of source.entries.slice(0, LIMITS.previewEntries)) fields.push(await entryField(entry))
  const rest = source.entries.slice(LIMITS.previewEntries)
  if (rest.length === 0) return fields
  const lines: string[] = []
  for (const entry of rest)
    lines.push(`${entry.path} ${entry.kind === 'file' ? await digestOf(entry.local) : ''}`)
  return [...fields, { name: 'other files', text: lines.join('\n') }]
}

async function entryField(entry: TreeEntry): Promise<Field> {
  switch (entry.kind) {
    case 'folder':
      return { name: `folder ${entry.path}`, text: 'a folder' }
    case 'link':
      return { name: `link ${entry.path}`, text: entry.target }
    case 'file':
      return { name: `content of ${entry.path}`, text: await contentOf(entry.local) }
  }
}

/** The text of a file; of others what tells them apart. */
async function contentOf(path: string): Promise<string> {
  const file = await createLocalFiles().read(path)
  if ('code' in file) return 'it cannot be read'
  const told = `${formatBytes(file.size)}, sha256 ${file.digest}`
  if (file.size > LIMITS.diffBytes) return told
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await readFile(path))
    return text.includes('\0') ? told : text
  } catch {
    return told
  }
}

async function digestOf(path: string): Promise<string> {
  const file = await createLocalFiles().read(path)
  return 'code' in file ? 'unreadable' : file.digest
}
