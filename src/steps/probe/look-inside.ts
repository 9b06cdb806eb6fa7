import type { Diff, EntryChange, Finding, PutFinding } from '../../model/finding.ts'
import { LIMITS } from '../../model/limits.ts'
import { readLocalFile } from '../put/local-file.ts'
import { type PutTree, rootPath } from '../put/tree-look.ts'
import { bytesOf, type SentFile, type TreePlan } from '../put/tree-plan.ts'
import { putFailure } from '../put/wording.ts'
import type { Diffs } from './diffs.ts'
import { lookInsideScript } from './put-tree-script.ts'
import type { Question } from './question.ts'
import { RecordLog } from './record-log.ts'
import type { TreeChange } from './tree-changes.ts'
import type { TreeHearing } from './tree-hearing.ts'

/** Of a tree, so many files are shown with their differences. */
const MOST_DIFFS = 50

export interface Inside {
  readonly put: PutTree
  readonly plan: TreePlan
  readonly finding: PutFinding
  readonly changes: readonly TreeChange[]
  readonly hearing: TreeHearing
  readonly diffs: Diffs | undefined
}

/**
 * A second look into a tree that would be written: at the contents of files whose differences are wanted, and for a
 * login that is not root, at the folders that files go to.
 */
export async function lookInside(inside: Inside): Promise<Finding | Question> {
  const { put, plan, hearing, diffs } = inside
  const { root, login } = hearing
  const shown = diffs === undefined ? [] : shownFiles(inside)
  const fetched = shown.filter(({ change, sent }) => change.change === 'content' && isShort(change, sent))
  const folders = login?.uid === '0' ? [] : foldersOf(plan)
  if (root?.there !== true || fetched.length + folders.length === 0) return withDiffs(inside, new Map())
  const log = new RecordLog(MOST_DIFFS * LIMITS.diffBytes + (1 << 20))
  const script = lookInsideScript(
    rootPath(put, root),
    folders,
    fetched.map(({ sent }) => sent.path),
  )
  return {
    become: put.action.become,
    timeoutMs: put.action.timeoutMs,
    place: 'script',
    functions: [],
    text: () => script,
    record: (word, rest) => log.record(word, rest),
    content: chunk => log.content(chunk),
    busyWith: () => `the look into ${JSON.stringify(put.action.dest)}`,
    answer: async () => {
      if (log.find('locked') !== undefined) {
        const failure = putFailure('move', put.action, bytesOf(plan), '')
        const counts = { new: 0, changed: 0, same: 0 }
        return { ...inside.finding, outlook: 'fails', changes: [], counts, bytes: 0, failure }
      }
      const data = log.records.filter(({ word }) => word === 'data')
      const contents = data.map(
        ({ rest, content }) => [fetched[Number(rest)]?.sent.path ?? '', content] as const,
      )
      return withDiffs(inside, new Map(contents))
    },
  }
}

type Shown = TreeChange & { readonly sent: SentFile }

function shownFiles({ changes }: Inside): readonly Shown[] {
  const listed = changes.slice(0, LIMITS.previewEntries)
  return listed.filter((change): change is Shown => change.sent !== undefined).slice(0, MOST_DIFFS)
}

function isShort({ before }: EntryChange, { local }: SentFile): boolean {
  return (before?.size ?? 0) <= LIMITS.diffBytes && local.size <= LIMITS.diffBytes
}

/** Folders that are there, and get files or links. */
function foldersOf({ files, links, folders }: TreePlan): readonly string[] {
  const made = new Set(folders)
  const parents = [...files, ...links, ...folders.map(path => ({ path }))].map(({ path }) => parentOf(path))
  return [...new Set(parents)].filter(path => !made.has(path))
}

function parentOf(path: string): string {
  const slash = path.lastIndexOf('/')
  return slash === -1 ? '.' : path.slice(0, slash)
}

async function withDiffs(inside: Inside, contents: ReadonlyMap<string, Buffer>): Promise<PutFinding> {
  const { finding, changes, diffs, hearing, put } = inside
  if (diffs === undefined) return finding
  const shown = new Set<TreeChange>(shownFiles(inside))
  const digests = new Map(
    put.source.entries.map(entry => [entry.path, hearing.answers.seen.get(entry)?.file?.digest]),
  )
  const diffOf = async ({ change, sent }: TreeChange & { sent: SentFile }): Promise<Diff> => {
    if (!isShort(change, sent)) return { kind: 'none', because: 'size' }
    const after = { digest: sent.local.digest, bytes: () => bytesOfLocal(sent) }
    if (change.change !== 'content') return diffs.between(undefined, after)
    return diffs.between({ digest: digests.get(sent.path) ?? '-', bytes: contents.get(sent.path) }, after)
  }
  const listed = changes.slice(0, LIMITS.previewEntries).map(async item => {
    const { change, sent } = item
    if (sent === undefined) return change
    const diff: Diff = shown.has(item) ? await diffOf({ ...item, sent }) : { kind: 'none', because: 'many' }
    return { ...change, diff }
  })
  return { ...finding, changes: await Promise.all(listed) }
}

async function bytesOfLocal({ local }: SentFile): Promise<Buffer | undefined> {
  const bytes = await readLocalFile(local)
  return 'code' in bytes ? undefined : bytes
}
