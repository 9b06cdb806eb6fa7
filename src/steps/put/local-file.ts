import { createHash } from 'node:crypto'
import type { BigIntStats } from 'node:fs'
import { constants, type FileHandle, open, stat } from 'node:fs/promises'
import type { Failure } from '../../model/errors.ts'
import { failureOf } from '../result.ts'

/** A local file as it was when it was read through. */
export interface LocalFile {
  readonly path: string
  readonly size: number
  /** SHA-256, hexadecimal. */
  readonly digest: string
  /** Changes whenever the file does, as far as the file system can tell. */
  readonly version: string
}

/** Digests by path, so that a file that goes to 200 hosts is read through once. */
export interface LocalFiles {
  /** Follows symbolic links. A failure for what is no regular file, and for one that changes while it is read. */
  read(path: string): Promise<LocalFile | Failure>
}

const CHUNK = 256 << 10

/** More paths than any playbook puts; the oldest go first. */
const REMEMBERED = 200_000

export function createLocalFiles(): LocalFiles {
  const known = new Map<string, { readonly version: string; readonly file: Promise<LocalFile | Failure> }>()
  return {
    async read(path) {
      const old = known.get(path)
      const now = old && (await stat(path, { bigint: true }).catch(() => undefined))
      if (now !== undefined && versionOf(now) === old?.version) return old.file
      return withLocalFile(path, async (handle, before) => {
        const version = versionOf(before)
        const file = digest(path, handle, before)
        known.set(path, { version, file })
        const [oldest] = known.keys()
        if (known.size > REMEMBERED && oldest !== undefined) known.delete(oldest)
        return file
      })
    },
  }
}

async function digest(path: string, handle: FileHandle, before: BigIntStats): Promise<LocalFile | Failure> {
  const hash = createHash('sha256')
  let size = 0
  for await (const chunk of chunksOf(handle, before.size)) {
    hash.update(chunk)
    size += chunk.length
  }
  const version = versionOf(before)
  const after = await handle.stat({ bigint: true })
  if (versionOf(after) !== version || BigInt(size) !== before.size) return changedWhile(path, 'read')
  return { path, size, digest: hash.digest('hex'), version }
}

/** Sends the file's content to `write`, until `stopped`; a failure when it is not what `file` says any more. */
export async function sendLocalFile(
  file: LocalFile,
  write: (chunk: Buffer) => Promise<void>,
  stopped: () => boolean,
): Promise<Failure | undefined> {
  return withLocalFile(file.path, async (handle, before) => {
    if (versionOf(before) !== file.version) return changedWhile(file.path, 'sent')
    let sent = 0
    for await (const chunk of chunksOf(handle, before.size)) {
      if (stopped()) return undefined
      sent += chunk.length
      if (sent > file.size) break
      await write(chunk)
    }
    const same = sent === file.size && versionOf(await handle.stat({ bigint: true })) === file.version
    return same ? undefined : changedWhile(file.path, 'sent')
  })
}

/** The whole content of a small file; a failure when it is not what `file` says any more. */
export async function readLocalFile(file: LocalFile): Promise<Buffer | Failure> {
  const chunks: Buffer[] = []
  const keep = async (chunk: Buffer) => void chunks.push(chunk)
  return (await sendLocalFile(file, keep, () => false)) ?? Buffer.concat(chunks)
}

/** Opens a regular file, without waiting for one that only looks like it (a pipe, a device). */
async function withLocalFile<T>(
  path: string,
  use: (handle: FileHandle, stats: BigIntStats) => Promise<T>,
): Promise<T | Failure> {
  let handle: FileHandle | undefined
  try {
    handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
    const stats = await handle.stat({ bigint: true })
    if (!stats.isFile()) return failureOf('local_file', `${JSON.stringify(path)} is not a regular file`)
    return await use(handle, stats)
  } catch (error) {
    return localFailure(path, error)
  } finally {
    await handle?.close()
  }
}

/** `size` is what the file is thought to have; a regular file gives less than was asked for only at its end. */
async function* chunksOf(handle: FileHandle, size: bigint): AsyncGenerator<Buffer> {
  const length = Math.min(CHUNK, Number(size) + 1)
  for (;;) {
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(length), 0, length)
    if (bytesRead > 0) yield buffer.subarray(0, bytesRead)
    if (bytesRead < length) return
  }
}

function versionOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, mtimeNs, ctimeNs].join(' ')
}

function changedWhile(path: string, verb: 'read' | 'sent'): Failure {
  return failureOf('local_file', `${JSON.stringify(path)} changed while it was ${verb}`, 'run the step again')
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist: something above it is no folder',
  EACCES: "can't be read: permission denied",
  ELOOP: 'is a loop of symbolic links',
  ENAMETOOLONG: 'has too long a name',
  ENXIO: 'is not a regular file',
}

/** Words for an error of the local file system; anything else than such an error is a bug and thrown on. */
export function localFailure(path: string, error: unknown): Failure {
  if (!(error instanceof Error && 'code' in error && typeof error.code === 'string')) throw error
  // After the comma it says again what was done, and to what.
  const reason = REASONS[error.code] ?? `can't be used: ${error.message.split(',')[0]}`
  return failureOf('local_file', `local ${JSON.stringify(path)} ${reason}`)
}
