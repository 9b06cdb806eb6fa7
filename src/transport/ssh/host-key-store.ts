import { closeSync, fstatSync, mkdirSync, openSync, readFileSync, readSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { LIMITS } from '../../model/limits.ts'
import { entriesFor, type HostEntries, keyTypeName, knownName } from './host-key-verdict.ts'
import { type KnownHost, parseKnownHosts } from './known-hosts.ts'

/** The known_hosts files of a transport: read when the first host is met, added to as hosts are accepted. */
export class HostKeyStore {
  readonly #files: readonly string[]
  #entries: KnownHost[] | undefined

  /** @param files absolute paths; the first one is where accepted keys go; missing ones are empty */
  constructor(files: readonly string[]) {
    this.#files = files
  }

  about(address: string, port: number): HostEntries {
    this.#entries ??= this.#files.flatMap(readKnownHosts)
    return entriesFor(this.#entries, address, port)
  }

  /** Remembers a key. Where the file cannot be written, it holds for this run only, as with ssh. */
  add(address: string, port: number, key: Buffer): void {
    const [file] = this.#files
    if (file === undefined) return
    const line = `${knownName(address, port)} ${keyTypeName(key)} ${key.toString('base64')}`
    this.#entries?.push(...parseKnownHosts(line, file))
    try {
      appendLine(file, line)
    } catch {
      // Nothing depends on it now: the key was accepted.
    }
  }
}

function readKnownHosts(file: string): KnownHost[] {
  try {
    const text = readFileSync(file)
    return text.length > LIMITS.knownHostsBytes ? [] : parseKnownHosts(text.toString(), file)
  } catch {
    return []
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
