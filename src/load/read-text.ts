import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { LIMITS } from '../model/limits.ts'
import type { Problem, Where } from '../model/problem.ts'

/** A text file as it is worked on: no BOM, line ends as they are in the file. */
export interface SourceText {
  readonly kind: 'text'
  /** The name under which problems of this file are reported. */
  readonly file: string
  readonly text: string
  /** Permission bits, as `0o644`. */
  readonly mode: number
}

export interface Unreadable {
  readonly kind: 'unreadable'
  readonly problem: Problem
}

export interface ReadOptions {
  /** How the user named the file; `path` where absent. */
  readonly shownAs?: string
  /** In bytes. */
  readonly limit?: number
  /** What is not UTF-8 becomes U+FFFD; a BOM and NULs stay in the text, for the caller to judge. */
  readonly isLoose?: boolean
}

/**
 * Reads a whole UTF-8 file. What is missing, a folder, too big, not UTF-8 or holds a NUL comes back as a problem
 * (`file_unreadable` or `file_encoding`); an empty file is the caller's to judge.
 */
export function readText(path: string, options: ReadOptions = {}): SourceText | Unreadable {
  const file = options.shownAs ?? path
  const limit = options.limit ?? LIMITS.inventoryBytes
  try {
    const stat = statSync(path)
    if (stat.isDirectory()) return unreadable(`${file} is a folder, not a file`)
    if (!stat.isFile() && !PIPE_OF_SHELL.test(path)) return unreadable(`${file} is not a regular file`)
    const bytes = readBounded(path, limit)
    if (bytes === undefined) return unreadable(`${file} is larger than ${sizeOf(limit)}`)
    return decode(file, bytes, stat.mode & 0o777, options.isLoose === true)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    return unreadable(`${file} ${(code && REASONS[code]) ?? `cannot be read (${code ?? error})`}`)
  }
}

/** What a `-i <(program)` or `/dev/stdin` is. Any other pipe could keep drover waiting for a writer for ever. */
const PIPE_OF_SHELL = /^\/(?:dev\/fd|proc\/self\/fd)\/\d+$|^\/dev\/stdin$/

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist',
  EACCES: 'cannot be read: permission denied',
  EPERM: 'cannot be read: permission denied',
  ELOOP: 'is a symbolic link that leads back to itself',
  ENAMETOOLONG: 'has a name that is too long',
  ERR_INVALID_ARG_VALUE: 'has a NUL character in its name',
}

const CHUNK = 1 << 16

/** The bytes of a file; undefined as soon as there are more than `limit`, whatever its size claims to be. */
function readBounded(path: string, limit: number): Buffer | undefined {
  const fd = openSync(path, 'r')
  try {
    const chunks: Buffer[] = []
    let total = 0
    for (;;) {
      const chunk = Buffer.allocUnsafe(CHUNK)
      const length = readSync(fd, chunk, 0, CHUNK, null)
      if (length === 0) return Buffer.concat(chunks)
      total += length
      if (total > limit) return undefined
      chunks.push(chunk.subarray(0, length))
    }
  } finally {
    closeSync(fd)
  }
}

function decode(file: string, bytes: Buffer, mode: number, isLoose: boolean): SourceText | Unreadable {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    return notText(`${file} is UTF-16, not UTF-8`, { file, line: 1, col: 1 }, 'save it as UTF-8')
  }
  if (isLoose)
    return { kind: 'text', file, mode, text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes) }
  const text = decodeUtf8(bytes)
  if (text === undefined) return notText(`${file} is not UTF-8`, whereBroken(file, bytes), 'save it as UTF-8')
  const nul = text.indexOf('\0')
  if (nul >= 0) return notText(`${file} holds a NUL character`, whereAt(file, text, nul))
  return { kind: 'text', file, text, mode }
}

/** Drops a BOM; undefined where the bytes are not UTF-8. */
function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

/** The place of the first bytes that are not UTF-8: in UTF-8 no other character holds the byte of a line feed. */
function whereBroken(file: string, bytes: Buffer): Where {
  let line = 1
  for (let start = 0; ; line++) {
    const end = bytes.indexOf(0x0a, start)
    const part = bytes.subarray(start, end < 0 ? bytes.length : end)
    if (decodeUtf8(part) === undefined || end < 0) {
      const lossy = new TextDecoder().decode(part).replace(/\r$/, '')
      return { file, line, col: lossy.indexOf('\ufffd') + 1, source: lossy }
    }
    start = end + 1
  }
}

/** Line and column of a character offset. A line ends at LF, CRLF or CR. */
export function whereAt(file: string, text: string, offset: number, length = 1): Where {
  const before = text.slice(0, offset)
  const ends = [...before.matchAll(/\r\n|[\r\n]/g)]
  const last = ends.at(-1)
  const start = last === undefined ? 0 : last.index + last[0].length
  const source = /^[^\r\n]*/.exec(text.slice(start))?.[0] ?? ''
  return { file, line: ends.length + 1, col: offset - start + 1, length, source }
}

function unreadable(message: string): Unreadable {
  return { kind: 'unreadable', problem: { code: 'file_unreadable', severity: 'error', message } }
}

function notText(message: string, where: Where, hint?: string): Unreadable {
  const problem: Problem = { code: 'file_encoding', severity: 'error', message, where }
  return { kind: 'unreadable', problem: hint === undefined ? problem : { ...problem, hint } }
}

function sizeOf(bytes: number): string {
  return bytes < 1 << 20 ? `${bytes} bytes` : `${bytes / (1 << 20)} MiB`
}
