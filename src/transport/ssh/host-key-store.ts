import { closeSync, fstatSync, mkdirSync, openSync, readFileSync, readSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Failure } from '../../model/errors.ts'
import { LIMITS } from '../../model/limits.ts'
import { entriesFor, type HostEntries, keyTypeName, knownName } from './host-key-verdict.ts'
import { hashedName, type KnownHost, parseKnownHosts } from './known-hosts.ts'

/** The known_hosts files of a transport: read when the first host is met, added to as hosts are accepted. */
export class HostKeyStore {
  readonly #files: readonly string[]
  readonly #into: string | undefined
  #entries: KnownHost[] | undefined

  /**
   * @param files absolute paths; missing ones are empty
   * @param into where accepted keys go; absent: they are good for this run only
   */
  constructor(files: readonly string[], into?: string) {
    this.#files = files
    this.#into = into
  }

  /**
   * Reads the files, before the first connection. Why that fails: a file that is there and can't be read may hold a
   * host's real key, or revoke one, so that without it no key can be judged. Then it is tried again the next time.
   */
  load(): Failure | undefined {
    if (this.#entries !== undefined) return undefined
    const read = this.#files.map(readKnownHosts)
    const failure = read.find(entries => 'code' in entries)
    if (failure !== undefined && 'code' in failure) return failure
    this.#entries = read.flatMap(entries => ('code' in entries ? [] : entries))
    return undefined
  }

  about(address: string, port: number): HostEntries {
    return entriesFor(this.#entries ?? [], address, port)
  }

  /**
   * Remembers a key. Where the file cannot be written, it holds for this run only, as with ssh.
   *
   * @param hashed nobody can read the name from the file
   */
  add(address: string, port: number, key: Buffer, { hashed = false } = {}): void {
    const file = this.#into
    const name = knownName(address, port)
    const line = `${hashed ? hashedName(name) : name} ${keyTypeName(key)} ${key.toString('base64')}`
    this.#entries?.push(...parseKnownHosts(line, file ?? ''))
    if (file === undefined) return
    try {
      appendLine(file, line)
    } catch {
      // Nothing depends on it now: the key was accepted.
    }
  }
}

function readKnownHosts(file: string): KnownHost[] | Failure {
  try {
    const text = readFileSync(file)
    if (text.length <= LIMITS.knownHostsBytes) return parseKnownHosts(text.toString(), file)
    return unreadable(file, `has more than ${LIMITS.knownHostsBytes >> 20} MiB`)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return []
    return unreadable(file, `can't be read (${code ?? message})`)
  }
}

function unreadable(file: string, why: string): Failure {
  return {
    code: 'host_key_file',
    message: `the known hosts of ${file} are needed to check host keys, but it ${why}`,
    hint: 'make it readable, or name another file with --known-hosts',
  }
}

/** One write to a file opened for appending, so that two processes never mix their lines. */
function appendLine(file: string, line: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const fd = openSync(file, 'a+', 0o600)
  try {
    writeSync(fd, `${endsLine(fd) ? '' : '\n'}${line}\n`)
  } finally {
    closeSync(fd)
  }
}

function endsLine(fd: number): boolean {
  const { size } = fstatSync(fd)
  const last = Buffer.alloc(1)
  return size === 0 || (readSync(fd, last, 0, 1, size - 1) === 1 && last[0] === 0x0a)
}
