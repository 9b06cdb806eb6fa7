import { createHash } from 'node:crypto'
import type { PutAction } from '../../model/action.ts'
import type { Diff, EntryChange, FileState, Finding, PutFinding } from '../../model/finding.ts'
import { LIMITS } from '../../model/limits.ts'
import { lastLine } from '../last-line.ts'
import { cksumOf } from '../put/cksum.ts'
import type { FileContent } from '../put/content.ts'
import { BY_CKSUM } from '../put/file.ts'
import { readLocalFile } from '../put/local-file.ts'
import type { Ownership } from '../put/ownership.ts'
import { plannedLine, sourceOfFile } from '../put/planned.ts'
import { putFailure } from '../put/wording.ts'
import { failureOf } from '../result.ts'
import type { Diffs } from './diffs.ts'
import { nowhere, realPlace, waysTo } from './place.ts'
import { COMPARED_HERE, FILE_LIBRARY, lookAtFileScript, WEAK_FILE_LIBRARY } from './put-file-script.ts'
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
  return ask({ action, content, ownership, diffs, digest: content.digest })
}

interface Looking {
  readonly action: PutAction
  readonly content: FileContent
  readonly ownership: Ownership
  readonly diffs: Diffs | undefined
  /** By what the host is to know the content. */
  readonly digest: string
}

interface Looked extends Looking {
  readonly log: RecordLog
}

function ask(looking: Looking): Question {
  const { action, content, ownership, diffs, digest } = looking
  const log = new RecordLog(2 * COMPARED_HERE)
  const look = {
    dest: action.dest,
    name: content.kind === 'file' ? content.name : '',
    size: content.size,
    digest,
    ownership,
    parents: action.parents,
    full: true,
  }
  const wanted = diffs !== undefined && action.secrets === undefined && content.size <= LIMITS.diffBytes
  return {
    become: action.become,
    timeoutMs: action.timeoutMs,
    place: 'script',
    functions: digest === content.digest ? FILE_LIBRARY : WEAK_FILE_LIBRARY,
    text: () => lookAtFileScript(look, wanted),
    record: (word, rest) => log.record(word, rest),
    content: chunk => log.content(chunk),
    busyWith: () => `the look at ${JSON.stringify(action.dest)}`,
    answer: () => answerOf({ ...looking, log }),
  }
}

/** A host without a tool for SHA-256 is asked again, as the put does. */
async function answerOf(looked: Looked): Promise<Finding | Question> {
  const { content, digest, log } = looked
  if (digest !== content.digest) return judgeWeak(looked)
  if (log.find('fail')?.rest !== 'no-sha') return judge(looked, log.find('finish')?.rest)
  const weak = await cksumOf(content)
  return typeof weak === 'string' ? ask({ ...looked, digest: weak }) : unseen(weak)
}

/** What only a checksum says is the same is compared here. */
async function judgeWeak(looked: Looked): Promise<Finding> {
  const { action, content, log } = looked
  const verdict = log.find('finish')?.rest
  const data = log.find('data')?.content
  if (verdict === undefined || verdict === 'write') return noted(await judge(looked, verdict))
  const bytes = data === undefined ? undefined : await bytesOf(content)
  if (data === undefined || bytes === undefined) {
    const message = `${JSON.stringify(action.dest)} can't be compared: the host has no tool for SHA-256`
    return unseen(failureOf('remote_file', message))
  }
  return noted(await judge(looked, data.equals(bytes) ? verdict : 'write'))
}

function noted(finding: Finding): Finding {
  return finding.kind === 'put' && finding.outlook !== 'fails' ? { ...finding, note: BY_CKSUM } : finding
}

async function judge(looked: Looked, verdict: string | undefined): Promise<Finding> {
  const { action, content, log } = looked
  const words = wordsOf(log)
  const fail = log.find('fail')
  const near = log.find('near')
  const rest = log.find('rest')
  const place = near && rest && realPlace(near.content, rest.content)
  const there = log.find('now')?.rest ?? ''
  // A digest would let others try what the secret may be.
  const before = action.secrets === undefined ? plannedLine({ there, ...sourceOfFile(content) }) : ''
  const ways = waysTo(place?.path, readPaths(log.find('ways')?.content ?? Buffer.alloc(0)))
  if (near && rest && place === undefined) return nowhere(action)
  const absent = log.find('absent') !== undefined
  const where = {
    ...{ before, ...ways, targets: place ? [place.path] : [], missing: place?.missing ?? [] },
    ...(absent ? { unlessMade: putFailure('parent-missing', action, 0, lookedFor(log)) } : {}),
  }
  if (fail !== undefined) {
    return { ...unchanged('fails', where), failure: putFailure(fail.rest, action, content.size, words) }
  }
  if (verdict === undefined || place === undefined) {
    return unseen(failureOf('remote_shell', `the host did not run drover's script to its end: ${words}`))
  }
  if (verdict === 'same') return unchanged('same', where)
  const change = await changeOf(looked, place.path, verdict)
  return {
    ...unchanged('writes', where),
    changes: [change],
    counts: { new: change.change === 'new' ? 1 : 0, changed: change.change === 'new' ? 0 : 1, same: 0 },
    bytes: verdict === 'write' ? content.size : 0,
  }
}

function unchanged(
  outlook: PutFinding['outlook'],
  where: Pick<PutFinding, 'before' | 'ways' | 'targets' | 'missing' | 'unlessMade'>,
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
  { action, content, diffs, log }: Looked,
  change: EntryChange['change'],
  size: number,
): Promise<Diff | undefined> {
  if (diffs === undefined) return undefined
  if (action.secrets !== undefined) return { kind: 'none', because: 'secret' }
  if (content.size > LIMITS.diffBytes || size > LIMITS.diffBytes) return { kind: 'none', because: 'size' }
  const after = { digest: content.digest, bytes: () => bytesOf(content) }
  if (change !== 'content') return diffs.between(undefined, after)
  const bytes = log.find('data')?.content
  const [, told = '-'] = (log.find('now')?.rest ?? '').split(' ')
  const digest = told.startsWith('cksum:') && bytes !== undefined ? sha256(bytes) : told
  return diffs.between({ digest, bytes }, after)
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}

async function bytesOf(content: FileContent): Promise<Buffer | undefined> {
  if (content.kind === 'bytes') return content.bytes
  const bytes = await readLocalFile(content.file)
  return 'code' in bytes ? undefined : bytes
}

/** What ls said of a folder that is not there. */
function lookedFor(log: RecordLog): string {
  const absent = log.records.findIndex(({ word }) => word === 'absent')
  const head = log.records[absent - 1]?.content.toString('utf8') ?? ''
  return lastLine({ head, tail: '', bytes: 0, truncated: false })
}

/** The last thing that a tool of the host said. */
function wordsOf(log: RecordLog): string {
  const said = log.records
    .filter(({ word }) => !DATA.has(word))
    .map(({ content }) => content.toString('utf8'))
  return lastLine({ head: said.join('\n'), tail: '', bytes: 0, truncated: false })
}
