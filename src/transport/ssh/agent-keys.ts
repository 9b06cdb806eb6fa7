import ssh2, { type IdentityCallback, type ParsedKey, type SignCallback } from 'ssh2'
import { listAgent } from './agent-list.ts'
import { type Certificate, readCertificate } from './certificate.ts'
import { algorithmsOf, certify, isCertified } from './certified-key.ts'
import { keyTypeOf } from './wire-reader.ts'

export interface AgentChoice {
  /** The public keys to use, as SSH sends them; absent: all of them. */
  readonly only?: readonly Buffer[]
  /** Those to try before the others. */
  readonly first?: readonly Buffer[]
  /** Certificates of keys that the agent holds. */
  readonly certificates?: readonly Certificate[]
  /** Whether keys of a type may be offered. */
  readonly allows?: (type: string) => boolean
}

/** The keys of an ssh-agent with their certificates, or just some of them, and what it had to offer. */
export class AgentKeys extends ssh2.BaseAgent<ParsedKey> {
  /** Public keys that the agent has listed, in base64: their files need not be tried. */
  readonly listed = new Set<string>()
  /** Keys in FIDO tokens that it has listed and that cannot be used. */
  tokens = 0
  /** Whether RSA keys were among those that could be used. */
  hasRsa = false
  /** Why it listed nothing. */
  failure: string | undefined
  /** The server wants no more keys: those that are left are passed over. */
  isOver = false
  readonly #socket: string
  readonly #choice: AgentChoice

  constructor(socket: string, choice: AgentChoice = {}) {
    super()
    this.#socket = socket
    this.#choice = choice
  }

  override getIdentities(callback: IdentityCallback<ParsedKey>): void {
    void listAgent(this.#socket).then(blobs => {
      if (blobs instanceof Error) {
        this.failure = blobs.message
        callback(blobs)
      } else callback(null, this.#chosen(blobs))
    })
  }

  override sign(key: ParsedKey, data: Buffer, options: object, callback?: SignCallback): void
  override sign(key: ParsedKey, data: Buffer, callback: SignCallback): void
  override sign(key: ParsedKey, data: Buffer, options: object | SignCallback, callback?: SignCallback): void {
    const agent = ssh2.createAgent(this.#socket)
    const then = typeof options === 'function' ? (options as SignCallback) : callback
    const given = typeof options === 'function' ? {} : options
    if (isCertified(key)) {
      const { hash } = algorithmsOf(key)
      agent.sign(inAgent(key.certifies, key.heldAs), data, hash === undefined ? {} : { hash }, then)
    } else if (key.type === 'ssh-rsa') {
      // No SHA-1, whatever ssh2 makes of a server that does not say what it takes.
      const asked = (given as { readonly hash?: string }).hash
      agent.sign(key, data, { hash: asked === 'sha512' ? 'sha512' : 'sha256' }, then)
    } else agent.sign(key, data, given, then)
  }

  #own(key: ParsedKey): ParsedKey {
    return Object.create(key, { isSpent: { get: () => this.isOver } }) as ParsedKey
  }

  #chosen(blobs: readonly Buffer[]): ParsedKey[] {
    const { allows = () => true } = this.#choice
    const keys = this.#inOrder(blobs.flatMap(blob => this.#usable(blob))).filter(({ type }) => allows(type))
    this.hasRsa = keys.some(({ type }) => type === 'ssh-rsa')
    return keys.map(key => this.#own(key))
  }

  /** A certificate goes before the bare key. */
  #usable(blob: Buffer): readonly ParsedKey[] {
    if (/^sk-/.test(keyTypeOf(blob) ?? '')) this.tokens += 1
    const own = readCertificate(blob)
    const publicKey = own?.publicKey ?? blob
    const { only, certificates = [] } = this.#choice
    if (only !== undefined && !includes(only, publicKey)) return []
    const key: ParsedKey | Error = ssh2.utils.parseKey(publicKey)
    if (key instanceof Error) return []
    if (own !== undefined) return [certify(key, own, blob)]
    this.listed.add(publicKey.toString('base64'))
    const matching = certificates.filter(certificate => certificate.publicKey.equals(publicKey))
    return [...matching.map(certificate => certify(key, certificate, blob)), key]
  }

  #inOrder(keys: readonly ParsedKey[]): ParsedKey[] {
    const { first = [] } = this.#choice
    const isFirst = (key: ParsedKey) =>
      includes(first, isCertified(key) ? key.certificate.publicKey : key.getPublicSSH())
    return [...keys.filter(isFirst), ...keys.filter(key => !isFirst(key))]
  }
}

/** Whether a key is one of an agent that is not to be asked any more. */
export function isSpent(key: ParsedKey): boolean {
  return 'isSpent' in key && key.isSpent === true
}

function includes(blobs: readonly Buffer[], blob: Buffer): boolean {
  return blobs.some(known => known.equals(blob))
}

/** The key under the name that the agent has for it: of the key, or of the certificate. */
function inAgent(key: ParsedKey, heldAs: Buffer): ParsedKey {
  return Object.create(key, { getPublicSSH: { value: () => heldAs } }) as ParsedKey
}
