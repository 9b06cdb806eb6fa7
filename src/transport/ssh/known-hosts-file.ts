import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  statSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import type { Failure } from '../../model/errors.ts'
import { LIMITS } from '../../model/limits.ts'
import { type KnownHostLine, parseKnownHosts } from './known-hosts.ts'

const EMPTY = Buffer.alloc(0)
const NEWLINE = 0x0a

/** A known_hosts file, read again when it is not what it was. */
export class KnownHostsFile {
  readonly #path: string
  #stamp: string | undefined
  /** What was read. */
  #bytes: Buffer = EMPTY
  /** How many lines that has. */
  #count = 0
  readonly #lines: KnownHostLine[] = []

  /** @param path absolute; it may be missing */
  constructor(path: string) {
    this.#path = path
  }

  get lines(): readonly KnownHostLine[] {
    return this.#lines
  }

  /** Why it cannot be read, although it is there. */
  load(): Failure | undefined {
    try {
      const stats = statSync(this.#path, { bigint: true })
      // One would be waited for, and another never ends. /dev/null is a way to say that there is none.
      if (stats.isFIFO() || stats.isSocket()) return this.#unreadable('is no file')
      if (stats.isCharacterDevice()) return undefined
      const { dev, ino, size, mtimeNs, ctimeNs } = stats
      const stamp = [dev, ino, size, mtimeNs, ctimeNs].join(' ')
      if (stamp === this.#stamp) return undefined
      if (size > LIMITS.knownHostsBytes)
        return this.#unreadable(`has more than ${LIMITS.knownHostsBytes >> 20} MiB`)
      this.#take(readFileSync(this.#path))
      this.#stamp = stamp
      return undefined
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException
      if (code !== 'ENOENT' && code !== 'ENOTDIR')
        return this.#unreadable(`can't be read (${code ?? message})`)
      this.#take(EMPTY)
      this.#stamp = undefined
      return undefined
    }
  }

  /** Where hosts were added, as by every connection to a new one, the rest stays as it is. */
  #take(bytes: Buffer): void {
    const before = this.#bytes
    const isAdded = before.at(-1) === NEWLINE && bytes.subarray(0, before.length).equals(before)
    this.#bytes = bytes
    if (!isAdded) {
      this.#lines.length = 0
      this.#count = 0
    }
    const text = bytes.toString('latin1', isAdded ? before.length : 0)
    for (const line of parseKnownHosts(text, this.#path, this.#count)) this.#lines.push(line)
    this.#count += countLines(text)
  }

  #unreadable(why: string): Failure {
    return {
      code: 'host_key_file',
      message: `the known hosts of ${this.#path} are needed to check host keys, but it ${why}`,
      hint: 'make it readable, or name another file with --known-hosts',
    }
  }
}

function countLines(text: string): number {
  let count = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count += 1
  return count
}

/**
 * One write to a file opened for appending, so that two processes never mix their lines.
 *
 * @throws where the file does not keep the whole line
 */
export function appendKnownHost(file: string, line: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const fd = openSync(file, 'a+', 0o600)
  try {
    const stats = fstatSync(fd)
    if (!stats.isFile()) throw new Error('it is no file')
    const bytes = Buffer.from(`${endsLine(fd, stats.size) ? '' : '\n'}${line}\n`)
    if (writeSync(fd, bytes) < bytes.length) throw new Error('there is no room for the whole line')
  } finally {
    closeSync(fd)
  }
}

function endsLine(fd: number, size: number): boolean {
  const last = Buffer.alloc(1)
  return size === 0 || (readSync(fd, last, 0, 1, size - 1) === 1 && last[0] === NEWLINE)
}
