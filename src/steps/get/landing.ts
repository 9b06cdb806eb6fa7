import type { Failure } from '../../model/errors.ts'
import { LIMITS } from '../../model/limits.ts'
import type { ByteSource } from '../byte-source.ts'
import type { Arriving, LocalFolder } from '../put/local-folder.ts'
import { failureOf } from '../result.ts'
import { blame, type Tally } from './tally.ts'
import { tarEntries } from './tar-reader.ts'

/** A file that is expected: where it goes, and its SHA-256 on the host. */
export interface Expected {
  readonly path: string
  readonly digest: string
}

/** Where contents come from and go to. */
export interface Landing {
  readonly source: ByteSource
  readonly local: LocalFolder
  readonly tally: Tally
}

const CHANGED_HINT = 'it was not written; run the step again when nothing on the host changes it'

/** Takes the content after a `file` frame. False when nothing after it makes sense. */
export async function landFile(landing: Landing, size: number, file: Expected): Promise<boolean> {
  const arriving = await takeContent(landing, size)
  if (arriving === undefined) return false
  if (arriving.sum().digest === file.digest) await settle(landing, arriving, file)
  else blame(landing.tally, changed(file))
  await arriving.drop()
  return true
}

/**
 * Takes the archive after a `files` frame. A content finds its name by its digest, as tar leaves out what has gone and
 * sends only once what has two names (hard links). False when nothing after it makes sense.
 */
export async function landArchive(landing: Landing, files: readonly Expected[]): Promise<boolean> {
  const waiting = Map.groupBy(files, file => file.digest)
  const landed = new Map<string, Expected>()
  for await (const entry of tarEntries(landing.source, files.length)) {
    if (entry.kind === 'broken') {
      blame(landing.tally, failureOf('transfer_verify', "the host's tar sent no proper archive"))
      return false
    }
    if (entry.kind !== 'file') continue
    const arriving = await takeContent(landing, entry.size)
    if (arriving === undefined) return false
    const file = waiting.get(arriving.sum().digest)?.shift()
    if (file !== undefined && (await settle(landing, arriving, file))) landed.set(file.digest, file)
    await arriving.drop()
  }
  for (const file of [...waiting.values()].flat()) await landCopy(landing, file, landed.get(file.digest))
  return true
}

async function landCopy(landing: Landing, file: Expected, twin: Expected | undefined): Promise<void> {
  if (twin === undefined) return blame(landing.tally, changed(file))
  const copy = await landing.local.copy(twin.path)
  if ('code' in copy) return blame(landing.tally, copy)
  if (copy.sum().digest === file.digest) await settle(landing, copy, file)
  else blame(landing.tally, changed(file))
  await copy.drop()
}

async function settle({ tally }: Landing, arriving: Arriving, file: Expected): Promise<boolean> {
  const landed = await arriving.land(file.path)
  if (typeof landed === 'object') {
    blame(tally, landed)
    return false
  }
  tally.files++
  tally.bytes += arriving.sum().size
  return true
}

/** Reads content into a temporary file; undefined after the reason why it could not was noted. */
async function takeContent({ source, local, tally }: Landing, size: number): Promise<Arriving | undefined> {
  const arriving = await local.receive()
  if ('code' in arriving) {
    blame(tally, arriving)
    return undefined
  }
  const failure = await fill(arriving, source, tally.received, size)
  tally.received += size
  if (failure === undefined) return arriving
  blame(tally, failure)
  await arriving.drop()
  return undefined
}

async function fill(
  arriving: Arriving,
  source: ByteSource,
  before: number,
  size: number,
): Promise<Failure | undefined> {
  if (before + size > LIMITS.getBytes) {
    return failureOf('remote_file', `the host sends more than ${LIMITS.getBytes} bytes`)
  }
  for (let missing = size; missing > 0; ) {
    const chunk = await source.some(missing)
    if (chunk === undefined) return failureOf('transfer_verify', 'a file ended before its size', CHANGED_HINT)
    const failure = await arriving.write(chunk)
    if (failure !== undefined) return failure
    missing -= chunk.length
  }
  return undefined
}

function changed({ path }: Expected): Failure {
  const name = JSON.stringify(path)
  return failureOf(
    'transfer_verify',
    `${name} changed while it was read, or did not arrive as it was`,
    CHANGED_HINT,
  )
}
