import type { EntryChange, FileState } from '../../model/finding.ts'
import type { TreeEntry } from '../put/local-tree.ts'
import type { Ownership } from '../put/ownership.ts'
import type { Seen } from '../put/tree-answers.ts'
import type { Attributes, SentFile, TreePlan } from '../put/tree-plan.ts'

/** A change, and for a file whose content is sent what is sent. */
export interface TreeChange {
  readonly change: EntryChange
  readonly sent?: SentFile
}

/** What the plan would change, in the order of the source; `place` gives an entry's absolute path on the host. */
export function changesOf(
  entries: readonly TreeEntry[],
  plan: TreePlan,
  seen: ReadonlyMap<TreeEntry, Seen>,
  ownership: Ownership,
  place: (path: string) => string,
): readonly TreeChange[] {
  const made = new Map<string, (path: string, there: Seen) => TreeChange>([
    ...plan.folders.map(name => [name, (path: string) => ({ change: newFolder(path, ownership) })] as const),
    ...plan.links.map(({ path, target }) => [path, changedLink(target)] as const),
    ...plan.files.map(file => [file.path, sentFile(file)] as const),
    ...plan.settled.map(({ path, attributes }) => [path, settledFile(attributes)] as const),
  ])
  return entries.flatMap(entry => {
    const change = made.get(entry.path)
    return change === undefined ? [] : [change(place(entry.path), seen.get(entry) ?? { kind: 'none' })]
  })
}

const changedLink =
  (target: string) =>
  (path: string, there: Seen): TreeChange => {
    const change = changeFrom(there, 'link')
    return { change: { path, type: 'link', change, ...stateBefore(there), after: { target } } }
  }

const sentFile =
  (sent: SentFile) =>
  (path: string, there: Seen): TreeChange => {
    const after = { size: sent.local.size, ...stateOf(sent.attributes) }
    const change = changeFrom(there, 'file')
    return { sent, change: { path, type: 'file', change, ...stateBefore(there), after } }
  }

const settledFile =
  (attributes: Attributes) =>
  (path: string, there: Seen): TreeChange => {
    const size = there.file === undefined ? {} : { size: there.file.size }
    const after = { ...size, ...stateOf(attributes) }
    return { change: { path, type: 'file', change: 'attributes', ...stateBefore(there), after } }
  }

function changeFrom({ kind }: Seen, type: 'file' | 'link'): EntryChange['change'] {
  if (kind === 'none') return 'new'
  return kind === type ? 'content' : 'replaced'
}

export function newFolder(path: string, { owner, group }: Ownership): EntryChange {
  const after = {
    mode: '0755',
    ...(owner === undefined ? {} : { owner }),
    ...(group === undefined ? {} : { group }),
  }
  return { path, type: 'folder', change: 'new', after }
}

function stateBefore({ file }: Seen): { readonly before?: FileState } {
  if (file === undefined) return {}
  return { before: { size: file.size, mode: file.mode, owner: file.uid, group: file.gid } }
}

function stateOf({ mode, owner }: Attributes): FileState {
  const [user = '', group = ''] = owner.split(':')
  return { mode, ...(user === '' ? {} : { owner: user }), ...(group === '' ? {} : { group }) }
}
