import type { Failure } from '../../model/errors.ts'
import { entriesFor, type HostEntries, keyTypeName, knownName } from './host-key-verdict.ts'
import { hashedName, type KnownHostLine, parseKnownHosts } from './known-hosts.ts'
import { appendKnownHost, KnownHostsFile } from './known-hosts-file.ts'

/** The known_hosts files of a transport: read when the first host is met, added to as hosts are accepted. */
export class HostKeyStore {
  readonly #files: readonly KnownHostsFile[]
  readonly #into: string | undefined
  /** Accepted, but not in a file. */
  readonly #unwritten: KnownHostLine[] = []

  /**
   * @param files absolute paths; missing ones are empty
   * @param into where accepted keys go; absent: new keys are not accepted, as with ssh
   */
  constructor(files: readonly string[], into?: string) {
    this.#files = files.map(file => new KnownHostsFile(file))
    this.#into = into
  }

  /** The file for keys that are accepted; undefined where there is none. */
  get into(): string | undefined {
    return this.#into
  }

  /**
   * Reads the files that have changed, before a connection. Why that fails: a file that is there and can't be read may
   * hold a host's real key, or revoke one, so that without it no key can be judged. Then it is tried again the next
   * time.
   */
  load(): Failure | undefined {
    for (const file of this.#files) {
      const failure = file.load()
      if (failure !== undefined) return failure
    }
    return undefined
  }

  about(address: string, port: number): HostEntries {
    return entriesFor([...this.#files.map(({ lines }) => lines), this.#unwritten], address, port)
  }

  /**
   * Remembers a key. Where the file cannot be written, it holds for this run only, as with ssh.
   *
   * @param hashes the name is written as a hash (`HashKnownHosts`)
   */
  add(address: string, port: number, key: Buffer, hashes = false): void {
    const name = knownName(address, port)
    const line = (names: string) => `${names} ${keyTypeName(key)} ${key.toString('base64')}`
    if (this.#into !== undefined && isOneName(name)) {
      try {
        appendKnownHost(this.#into, line(hashes ? hashedName(name) : name))
        return
      } catch {
        // Nothing depends on it now: the key was accepted.
      }
    }
    this.#unwritten.push(...parseKnownHosts(line(hashedName(name)), this.#into ?? ''))
  }
}

/** In a file, other characters would make several names of it, or a pattern. */
function isOneName(name: string): boolean {
  return !/^[#|@!]|[\s\0,*?]/.test(name)
}
