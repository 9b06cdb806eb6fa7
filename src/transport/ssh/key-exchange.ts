import type { Client } from 'ssh2'

/** What ssh2 makes for each exchange of keys, as far as drover reaches into it: its version is pinned. */
export interface KeyExchange {
  readonly type?: string
  readonly negotiated: { serverHostKey: string }
  /** What the server presents. */
  _hostKey: Buffer | undefined
  readonly _prime?: Buffer
  readonly _generator?: Buffer
  _dh?: DiffieHellman | null
  _public?: Buffer | null
  generateKeys?: () => void
}

export interface DiffieHellman {
  /** The public value, as an unsigned number. */
  generateKeys(): Buffer
  computeSecret(other: Buffer): Buffer
  getPrime(): Buffer
  getGenerator(): Buffer
}

interface WithExchange {
  readonly _protocol?: { _kex?: KeyExchange | undefined }
}

/**
 * Hands over each exchange of keys before its first message, those that renew keys too.
 *
 * @param client one that has begun to connect, before the server has said a word
 */
export function onKeyExchange(client: Client, take: (exchange: KeyExchange) => void): void {
  const { _protocol: protocol } = client as unknown as WithExchange
  if (protocol === undefined) return
  let current = protocol._kex
  Object.defineProperty(protocol, '_kex', {
    get: () => current,
    set: (exchange: KeyExchange | undefined) => {
      current = exchange
      if (exchange !== undefined) take(exchange)
    },
  })
}
