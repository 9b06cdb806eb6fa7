import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import ssh2, { type ParsedKey } from 'ssh2'
import type { Failure } from '../../model/errors.ts'
import type { Secret } from '../../model/secret.ts'
import { fromPkcs8 } from './pkcs8.ts'
import { TOKEN_HINT } from './token-hint.ts'
import { keyTypeOf, WireReader } from './wire-reader.ts'

/**
 * A key to log in with; `locked`: it has a passphrase that nobody gave, others can read it, or there is the public key only;
 * an agent may hold it nevertheless.
 */
export type PrivateKey =
  | { readonly kind: 'key'; readonly file: string; readonly key: ParsedKey }
  | { readonly kind: 'locked'; readonly file: string; readonly failure: Failure; readonly blob?: Buffer }
  | { readonly kind: 'missing' | 'broken'; readonly file: string; readonly failure: Failure }

/** In the order in which they are tried; of those in tokens it is told that they cannot be. */
const DEFAULT_NAMES = ['id_ed25519', 'id_ecdsa', 'id_rsa', 'id_ed25519_sk', 'id_ecdsa_sk']

/** Reads and unlocks each key once, whatever number of hosts uses it: a passphrase costs up to seconds of CPU. */
export class PrivateKeys {
  readonly #loaded = new Map<string, Promise<PrivateKey>>()
  readonly #defaults: readonly string[]

  /** @param home the folder that has `.ssh` */
  constructor(home: string) {
    this.#defaults = DEFAULT_NAMES.map(name => join(home, '.ssh', name))
  }

  load(files: readonly string[], passphrase: Secret | undefined): Promise<PrivateKey[]> {
    return Promise.all(files.map(file => this.#load(file, passphrase?.reveal())))
  }

  /** Those of ~/.ssh that exist. */
  async loadDefaults(passphrase: Secret | undefined): Promise<PrivateKey[]> {
    const keys = await this.load(this.#defaults, passphrase)
    return keys.filter(key => key.kind !== 'missing')
  }

  #load(file: string, passphrase: string | undefined): Promise<PrivateKey> {
    const id = JSON.stringify([file, passphrase])
    const known = this.#loaded.get(id)
    if (known !== undefined) return known
    const loaded = loadKey(file, passphrase)
    this.#loaded.set(id, loaded)
    return loaded
  }
}

async function loadKey(file: string, passphrase: string | undefined): Promise<PrivateKey> {
  const key = await readKey(file, passphrase)
  if (key.kind === 'key' || key.kind === 'broken') return key
  const blob = (key.kind === 'locked' ? key.blob : undefined) ?? (await publicBeside(file))
  return blob === undefined ? key : { kind: 'locked', file, failure: key.failure, blob }
}

async function readKey(file: string, passphrase: string | undefined): Promise<PrivateKey> {
  try {
    const why = await unfit(file)
    if (why !== undefined) return { kind: 'broken', file, failure: loginKey(`the key file ${file} ${why}`) }
    const key = parse(file, await readFile(file), passphrase)
    return key.kind === 'key' && (await isOpenToOthers(file)) ? openKey(key) : key
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const why = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code ?? message})`
    const kind = code === 'ENOENT' ? 'missing' : 'broken'
    return { kind, file, failure: loginKey(`the key file ${file} ${why}`) }
  }
}

/** As OpenSSH (MAX_KEY_FILE_SIZE in authfile.c). */
const LARGEST = 1 << 20

/** What would be waited for, or never ends. */
async function unfit(file: string): Promise<string | undefined> {
  const stats = await stat(file)
  if (!stats.isFile()) return 'is no file'
  return stats.size > LARGEST ? `is larger than ${LARGEST >> 20} MiB` : undefined
}

/** The public key in the file beside it, as `id_ed25519.pub`: ssh too finds a key of the agent by it. */
async function publicBeside(file: string): Promise<Buffer | undefined> {
  const text = await readFile(`${file}.pub`).catch(() => undefined)
  const parsed = text === undefined ? undefined : ssh2.utils.parseKey(text)
  const key = Array.isArray(parsed) ? parsed[0] : parsed
  return key === undefined || key instanceof Error ? undefined : key.getPublicSSH()
}

/** As OpenSSH asks (sshkey_perm_ok in authfile.c): only of one's own files. */
async function isOpenToOthers(file: string): Promise<boolean> {
  const { uid, mode } = await stat(file)
  return uid === process.getuid?.() && (mode & 0o077) !== 0
}

/** A key that others may have read is nobody's any more; an agent that holds it may still be asked. */
function openKey({ file, key }: PrivateKey & { readonly kind: 'key' }): PrivateKey {
  const failure = loginKey(
    `the key file ${file} can be read by others`,
    `chmod 600 '${file}': ssh refuses it too`,
  )
  return { kind: 'locked', file, failure, blob: key.getPublicSSH() }
}

function parse(file: string, text: Buffer, passphrase: string | undefined): PrivateKey {
  if (isOnToken(text))
    return { kind: 'broken', file, failure: loginKey(`${file} is a FIDO key (sk-)`, TOKEN_HINT) }
  const source = /-----BEGIN (ENCRYPTED )?PRIVATE KEY-----/.test(text.toString('latin1'))
    ? fromPkcs8(text, passphrase)
    : text
  const parsed = source instanceof Error ? source : ssh2.utils.parseKey(source, passphrase)
  const key = Array.isArray(parsed) ? parsed[0] : parsed
  if (key instanceof Error || key === undefined) {
    const locked = passphrase === undefined && /encrypted|passphrase|interrupted/i.test(key?.message ?? '')
    if (!locked) return { kind: 'broken', file, failure: unusable(file, text, key, passphrase) }
    const hint = 'give its passphrase in the inventory, or load the key into an agent with ssh-add'
    const failure = loginKey(`the key ${file} is protected by a passphrase`, hint)
    const blob = publicPart(text)
    return { kind: 'locked', file, failure, ...(blob && { blob }) }
  }
  if (key.type === 'ssh-dss')
    return {
      kind: 'broken',
      file,
      failure: loginKey(`${file} is a DSA key, which signs with SHA-1`, DSA_HINT),
    }
  if (key.isPrivateKey()) return { kind: 'key', file, key }
  const hint = 'name the private key, the file without .pub, or load it into an agent'
  const failure = loginKey(`${file} holds a public key`, hint)
  return { kind: 'locked', file, failure, blob: key.getPublicSSH() }
}

const DSA_HINT = 'give the host another key: ssh-keygen -t ed25519'
const ANEW_HINT = 'ssh-keygen -p -f FILE writes a key anew in the format of OpenSSH'
const PUTTY_HINT =
  'puttygen FILE -O private-openssh -o NEW writes a key of PuTTY anew in the format of OpenSSH'

function unusable(
  file: string,
  text: Buffer,
  error: Error | undefined,
  passphrase: string | undefined,
): Failure {
  if (
    passphrase !== undefined &&
    /passphrase|decrypt|integrity|bad|malformed|interrupted/i.test(error?.message ?? '')
  ) {
    return loginKey(`the passphrase does not open the key ${file}`)
  }
  const hint = text.toString('latin1', 0, 5) === 'PuTTY' ? PUTTY_HINT : ANEW_HINT
  return loginKey(`the key ${file} cannot be used: ${error?.message ?? 'no key in it'}`, hint)
}

/** A key whose private part is in a FIDO token, which only OpenSSH's own helper can ask. */
function isOnToken(text: Buffer): boolean {
  const type = keyTypeOf(publicPart(text) ?? Buffer.alloc(0)) ?? text.toString('latin1', 0, 64)
  return /^sk-(?:ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com/.test(type)
}

const OPENSSH_MAGIC = 'openssh-key-v1\0'

/** The public key in the clear part of a protected key (OpenSSH's PROTOCOL.key); older formats have none. */
function publicPart(text: Buffer): Buffer | undefined {
  const body = /-----BEGIN OPENSSH PRIVATE KEY-----([^-]+)-----END/.exec(text.toString('latin1'))?.[1]
  const data = Buffer.from(body ?? '', 'base64')
  if (data.toString('latin1', 0, OPENSSH_MAGIC.length) !== OPENSSH_MAGIC) return undefined
  try {
    const reader = new WireReader(data.subarray(OPENSSH_MAGIC.length))
    for (const _ of ['cipher', 'kdf', 'kdf options']) reader.string()
    reader.number()
    return reader.string()
  } catch {
    return undefined
  }
}

function loginKey(message: string, hint?: string): Failure {
  return { code: 'login_key', message, ...(hint !== undefined && { hint }) }
}
