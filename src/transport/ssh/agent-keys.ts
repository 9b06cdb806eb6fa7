import ssh2, { type IdentityCallback, type KnownPublicKeys, type ParsedKey, type SignCallback } from 'ssh2'

type AnyKey = ParsedKey | Buffer | string

/** The keys of an ssh-agent, or just one of them, and what it had to offer. */
export class AgentKeys extends ssh2.BaseAgent<AnyKey> {
  /** Public keys that the agent has listed, in base64: their files need not be tried. */
  readonly listed = new Set<string>()
  readonly #agent: ssh2.BaseAgent
  readonly #only: Buffer | undefined

  /** @param only the public key to use, as SSH sends it; absent: all of them */
  constructor(socket: string, only?: Buffer) {
    super()
    this.#agent = ssh2.createAgent(socket)
    this.#only = only
  }

  override getIdentities(callback: IdentityCallback<AnyKey>): void {
    this.#agent.getIdentities((error, keys) => {
      const usable = (keys ?? []).filter(key => this.#wanted(blobOf(key)))
      if (error) callback(error)
      else callback(null, usable)
    })
  }

  override sign(key: AnyKey, data: Buffer, options: object, callback?: SignCallback): void
  override sign(key: AnyKey, data: Buffer, callback: SignCallback): void
  override sign(key: AnyKey, data: Buffer, options: object | SignCallback, callback?: SignCallback): void {
    if (typeof options === 'function') this.#agent.sign(key, data, options as SignCallback)
    else this.#agent.sign(key, data, options, callback)
  }

  #wanted(blob: Buffer | undefined): boolean {
    if (blob === undefined || (this.#only !== undefined && !this.#only.equals(blob))) return false
    this.listed.add(blob.toString('base64'))
    return true
  }
}

function blobOf(key: KnownPublicKeys[number]): Buffer | undefined {
  if (typeof key === 'string' || Buffer.isBuffer(key)) {
    const parsed = ssh2.utils.parseKey(key)
    return parsed instanceof Error ? undefined : parsed.getPublicSSH()
  }
  if (!('pubKey' in key)) return key.getPublicSSH()
  return 'pubKey' in key.pubKey ? blobOf(key.pubKey.pubKey) : key.pubKey.getPublicSSH()
}
