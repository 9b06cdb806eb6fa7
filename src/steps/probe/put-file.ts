import type { PutAction } from '../../model/action.ts'
import type { Diff, EntryChange, FileState, Finding, PutFinding } from '../../model/finding.ts'
import { LIMITS } from '../../model/limits.ts'
import { lastLine } from '../last-line.ts'
import type { FileContent } from '../put/file.ts'
import { readLocalFile } from '../put/local-file.ts'
import type { Ownership } from '../put/ownership.ts'
import { putFailure } from '../put/wording.ts'
import { failureOf } from '../result.ts'
import type { Diffs } from './diffs.ts'
import { realPlace, waysTo } from './place.ts'
import { FILE_LIBRARY, lookAtFileScript } from './put-file-script.ts'
import { type Question, unseen } from './question.ts'
import { readPaths } from './real-paths.ts'
import { RecordLog } from './record-log.ts'

/** Words after which content comes that is no message of a tool. */
const DATA: ReadonlySet<string> = new Set(['ways', 'near', 'rest', 'target', 'data'])

/** What the put of a file would meet; `diffs` is absent where differences are not wanted. */
export function lookAtFile(
  action: PutAction,
  content: FileContent,
  ownership: Ownership,
  diffs: Diffs | undefined,
): Question {
  const log = new RecordLog(LIMITS.diffBytes + (1 << 16))
  const look = {
    dest: action.dest,
    name: content.kind === 'file' ? content.name : '',
    size: content.size,
    digest: content.digest,
    ownership,
    parents: action.parents,
    full: true,
  }
  const wanted = diffs !== undefined && content.size <= LIMITS.diffBytes
  return {
    become: action.become,
    place: 'script',
    library: FILE_LIBRARY,
    text: () => lookAtFileScript(look, wanted),
    record: (word, rest) => log.record(word, rest),
    content: chunk => log.content(chunk),
    busyWith: () => `the look at ${JSON.stringify(action.dest)}`,
    answer: () => judge({ action, content, ownership, diffs, log }),
  }
}

interface Looked {
  readonly action: PutAction
  readonly content: FileContent
  readonly ownership: Ownership
  readonly diffs: Diffs | undefined
  readonly log: RecordLog
}

async function judge(looked: Looked): Promise<Finding> {
  const { action, content, log } = looked
  const words = wordsOf(log)
  const fail = log.find('fail')
  const verdict = log.find('finish')?.rest
  const near = log.find('near')
  const rest = log.find('rest')
  const place = near && rest && realPlace(near.content, rest.content)
  const before = log.find('now')?.rest ?? ''
  const ways = waysTo(place?.path, readPaths(log.find('ways')?.content ?? Buffer.alloc(0)))
  const where = { before, ...ways, targets: place ? [place.path] : [], missing: place?.missing ?? [] }
  if (fail !== undefined) {
    return { ...unchanged('fails', where), failure: putFailure(fail.rest, action, content.size, words) }
  }
  if (verdict === undefined || place === undefined) {
    return unseen(failureOf('remote_shell', `the host did not run drover's script to its end: ${words}`))
  }
  if (verdict === 'same') return unchanged('same', where)
  const change = await changeOf(looked, place.path, verdict)
  const absent = log.find('absent') !== undefined
  return {
    ...unchanged('writes', where),
    changes: [change],
    counts: { new: change.change === 'new' ? 1 : 0, changed: change.change === 'new' ? 0 : 1, same: 0 },
    bytes: verdict === 'write' ? content.size : 0,
    ...(absent ? { unlessMade: putFailure('parent-missing', action, content.size, words) } : {}),
  }
}

function unchanged(
  outlook: PutFinding['outlook'],
  where: Pick<PutFinding, 'before' | 'ways' | 'targets' | 'missing'>,
): PutFinding {
  const same = outlook === 'same' ? 1 : 0
  return { kind: 'put', outlook, ...where, changes: [], counts: { new: 0, changed: 0, same }, bytes: 0 }
}

async function changeOf(looked: Looked, path: string, verdict: string): Promise<EntryChange> {
  const { content, ownership, log } = looked
  const [kind, , mode, user, group] = (log.find('now')?.rest ?? '').split(' ')
  const size = Number(log.find('size')?.rest)
  const target = log.find('target')?.content.toString('utf8').replace(/\n$/, '')
  const old: FileState | undefined =
    kind === 'file' && mode !== undefined && user !== undefined && group !== undefined
      ? { size, mode, owner: user, group }
      : undefined
  const before = kind === 'link' ? { ...(target ? { target } : {}) } : old
  const change = kind === 'link' ? 'replaced' : old === undefined ? 'new' : 'content'
  const diff = verdict === 'write' ? await diffOf(looked, change, size) : undefined
  return {
    path,
    type: 'file',
    change: verdict === 'write' ? change : 'attributes',
    ...(before === undefined ? {} : { before }),
    after: afterOf(content, ownership, old),
    ...(diff === undefined ? {} : { diff }),
  }
}

function afterOf({ size }: FileContent, { mode, owner, group }: Ownership, old: FileState | undefined) {
  const user = owner ?? old?.owner
  const team = group ?? old?.group
  return {
    size,
    mode: mode ?? old?.mode ?? '0644',
    ...(user === undefined ? {} : { owner: user }),
    ...(team === undefined ? {} : { group: team }),
  }
}

async function diffOf(
  { content, diffs, log }: Looked,
  change: EntryChange['change'],
  size: number,
): Promise<Diff | undefined> {
  if (diffs === undefined) return undefined
  if (content.size > LIMITS.diffBytes || size > LIMITS.diffBytes) return { kind: 'none', because: 'size' }
  const after = { digest: content.digest, bytes: () => bytesOf(content) }
  if (change !== 'content') return diffs.between(undefined, after)
  const [, digest = '-'] = (log.find('now')?.rest ?? '').split(' ')
  return diffs.between({ digest, bytes: log.find('data')?.content }, after)
}

async function bytesOf(content: FileContent): Promise<Buffer | undefined> {
  if (content.kind === 'bytes') return content.bytes
  const bytes = await readLocalFile(content.file)
  return 'code' in bytes ? undefined : bytes
}

/** The last thing that a tool of the host said. */
function wordsOf(log: RecordLog): string {
  const said = log.records
    .filter(({ word }) => !DATA.has(word))
    .map(({ content }) => content.toString('utf8'))
  return lastLine({ head: said.join('\n'), tail: '', bytes: 0, truncated: false })
}
