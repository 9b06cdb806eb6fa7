import { createHash } from 'node:crypto'
import type { GetAction } from '../../model/action.ts'
import type { Failure } from '../../model/errors.ts'
import type { Finding, GetFinding } from '../../model/finding.ts'
import { LIMITS } from '../../model/limits.ts'
import { createLocalLook, type Here } from '../get/local-look.ts'
import { blame, endingOf } from '../get/tally.ts'
import { getFailure } from '../get/wording.ts'
import type { LocalFiles } from '../put/local-file.ts'
import { failureOf } from '../result.ts'
import { digestsScript, lookAtSourceScript, SOURCE_LIBRARY } from './get-script.ts'
import { type Question, unseen } from './question.ts'
import { RecordLog } from './record-log.ts'
import { type SourceFile, SourceListing } from './source-listing.ts'

/** What a get would fetch, and what of it is here already. */
export function lookAtGet(action: GetAction, files: LocalFiles): Finding | Question {
  if (action.src === '' || action.src.includes('\0')) {
    return fails(failureOf('step_render', 'src is empty or holds a NUL'))
  }
  const listing = new SourceListing()
  return {
    become: action.become,
    timeoutMs: action.timeoutMs,
    place: 'script',
    functions: SOURCE_LIBRARY,
    text: () => lookAtSourceScript(action.src),
    record: (word, rest) => listing.record(word, rest),
    content: chunk => listing.content(chunk),
    busyWith: () => `the look at ${JSON.stringify(action.src)}`,
    answer: () => judge(action, listing, files),
  }
}

async function judge(
  action: GetAction,
  listing: SourceListing,
  files: LocalFiles,
): Promise<Finding | Question> {
  listing.end()
  const { failed, tally, reads } = listing
  if (failed !== undefined)
    return fails(getFailure(failed.problem.split(' ')[0] ?? '', action.src, failed.words), reads)
  if (listing.overfull) {
    const reason = `it has more than ${LIMITS.getEntries} files and folders, or very long names`
    return fails(failureOf('remote_shell', `the host did not answer as the script does: ${reason}`), reads)
  }
  if (!listing.finished) {
    return unseen(
      failureOf('remote_shell', `the host did not run drover's script to its end: ${listing.words}`),
    )
  }
  if (tally.bytes > LIMITS.getBytes) {
    blame(tally, failureOf('remote_file', `the host sends more than ${LIMITS.getBytes} bytes`))
  }
  return compare(action, listing, files)
}

/** A file of the host, and what lies where it would land. */
interface Pair {
  readonly file: SourceFile
  readonly here: Here
}

async function compare(
  action: GetAction,
  listing: SourceListing,
  files: LocalFiles,
): Promise<Finding | Question> {
  const look = createLocalLook(action.dest, files)
  const pairs: Pair[] = []
  for (const file of listing.files) {
    const here = await look(file.place)
    if ('code' in here) blame(listing.tally, here)
    else pairs.push({ file, here })
  }
  const alike = pairs.filter(isAlike).slice(0, MOST_COMPARED)
  if (alike.length === 0) return found(listing, pairs, new Set())
  const log = new RecordLog(1 << 20)
  const script = digestsScript(alike.map(({ file }) => file.path))
  return {
    become: action.become,
    timeoutMs: action.timeoutMs,
    place: 'script',
    functions: SOURCE_LIBRARY.slice(0, 1),
    text: () => script,
    record: (word, rest) => log.record(word, rest),
    content: chunk => log.content(chunk),
    busyWith: () => `the look at ${JSON.stringify(action.src)}`,
    answer: async () => {
      const digests = log.find('digests')?.content.toString('latin1').split('\n') ?? []
      return found(listing, pairs, new Set(alike.filter(({ here }, index) => here.digest === digests[index])))
    },
  }
}

/** So many files with the size of what is here are compared by content; the others count as changed. */
const MOST_COMPARED = 500

type AlikePair = Pair & {
  readonly file: { readonly path: string }
  readonly here: { readonly digest: string }
}

function isAlike(pair: Pair): pair is AlikePair {
  return pair.here.kind === 'file' && pair.here.size === pair.file.size && pair.file.path !== undefined
}

function found(
  { tally, reads, files }: SourceListing,
  pairs: readonly Pair[],
  same: ReadonlySet<Pair>,
): GetFinding {
  const there = pairs.filter(({ here }) => here.kind !== 'nothing')
  const changed = there.filter(pair => !same.has(pair))
  const { failure } = endingOf({ ...tally, files: files.length })
  return {
    kind: 'get',
    outlook: failure === undefined ? 'fetches' : 'fails',
    ...(failure === undefined ? {} : { failure }),
    files: files.length,
    bytes: tally.bytes,
    local: {
      new: pairs.length - there.length,
      same: there.length - changed.length,
      changed: changed.length,
      overwritten: changed
        .flatMap(({ here }) => ('path' in here ? [here.path] : []))
        .slice(0, LIMITS.previewEntries),
    },
    before: beforeOf(there),
    reads,
  }
}

/** What lies here where files would land, in one line. */
function beforeOf(there: readonly Pair[]): string {
  if (there.length === 0) return NOTHING_HERE
  const lines = there.map(({ file, here }) => JSON.stringify([file.place.split('/'), here]))
  return `files ${createHash('sha256').update(lines.sort().join('\n')).digest('hex')}`
}

export const NOTHING_HERE = 'none'

function fails(failure: Failure, reads: readonly string[] = []): GetFinding {
  const local = { new: 0, same: 0, changed: 0, overwritten: [] }
  return {
    kind: 'get',
    outlook: 'fails',
    failure,
    files: 0,
    bytes: 0,
    local,
    before: NOTHING_HERE,
    reads,
  }
}
