import { readFile, realpath } from 'node:fs/promises'
import { LIMITS } from '../../model/limits.ts'
import type { Plan } from '../../model/plan.ts'
import type { Field } from '../../model/plan-diff.ts'
import { formatBytes } from '../../model/quantity.ts'
import type { SketchNode } from '../../model/sketch.ts'
import { createLocalFiles } from '../../steps/put/local-file.ts'
import { findLocalSource, type TreeEntry } from '../../steps/put/local-tree.ts'

/** Where the local files of one side are. */
export interface SideFiles {
  /** Where a path of the repository is read: in the tree of a revision, or as it is. */
  at(path: string): string
  /** Whether a file, named without symbolic links, is in git: contents of others, as keys, are not to be shown. */
  isInGit(real: string): boolean
}

/** What lies at the local paths that a plan puts, by path. Those that only the run knows are left out. */
export async function putSources(
  plan: Plan,
  sketch: SketchNode,
  files: SideFiles,
): Promise<ReadonlyMap<string, readonly Field[]>> {
  const sources = new Map<string, readonly Field[]>()
  for (const step of plan.steps) {
    if (step.action.kind !== 'put' || step.action.source.kind !== 'src') continue
    for (const host of step.targets) {
      const found = sketch(step.index, host)
      if (found.kind !== 'action' || found.action.kind !== 'put') continue
      const { text: path } = found.action.source
      if (!sources.has(path) && path.startsWith('/')) sources.set(path, await fieldsOf(files.at(path), files))
    }
  }
  return sources
}

async function fieldsOf(path: string, files: SideFiles): Promise<readonly Field[]> {
  const source = await findLocalSource(path)
  if ('code' in source) return [{ name: 'content', text: 'there is no such file' }]
  if (source.kind === 'file') return [{ name: 'content', text: await contentOf(path, files) }]
  const fields: Field[] = []
  for (const entry of source.entries.slice(0, LIMITS.previewEntries))
    fields.push(await entryField(entry, files))
  const rest = source.entries.slice(LIMITS.previewEntries)
  if (rest.length === 0) return fields
  const lines: string[] = []
  for (const entry of rest)
    lines.push(`${entry.path} ${entry.kind === 'file' ? await digestOf(entry.local) : ''}`)
  return [...fields, { name: 'other files', text: lines.join('\n') }]
}

async function entryField(entry: TreeEntry, files: SideFiles): Promise<Field> {
  switch (entry.kind) {
    case 'folder':
      return { name: `folder ${entry.path}`, text: 'a folder' }
    case 'link':
      return { name: `link ${entry.path}`, text: entry.target }
    case 'file':
      return { name: `content of ${entry.path}`, text: await contentOf(entry.local, files) }
  }
}

/** The text of a file that is in git; of others what tells them apart. */
async function contentOf(path: string, files: SideFiles): Promise<string> {
  const file = await createLocalFiles().read(path)
  if ('code' in file) return 'it cannot be read'
  const told = `${formatBytes(file.size)}, sha256 ${file.digest}`
  if (file.size > LIMITS.diffBytes || !files.isInGit(await realpath(path))) return told
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
