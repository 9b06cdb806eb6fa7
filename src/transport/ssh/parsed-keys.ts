import { createSecretKey, type KeyObject } from 'node:crypto'
import type { Client } from 'ssh2'

type Key = Uint8Array | KeyObject

interface WithCiphers {
  readonly _protocol?: { readonly _cipher?: { _encKey?: Key }; readonly _decipher?: { _decipherKey?: Key } }
}

/**
 * Spares about half of the processor time of a packet. For AES-GCM ssh2 makes a cipher of node:crypto for every packet
 * and hands it the key as bytes, which are checked and parsed each time: 17 µs against 4 with a parsed key. This
 * reaches into ssh2, whose version is pinned; where the fields are not there, nothing changes.
 *
 * @param client one whose keys have just been exchanged (event `handshake`, also after a renewal)
 */
export function parseCipherKeys(client: Client): void {
  const { _cipher: cipher, _decipher: decipher } = (client as unknown as WithCiphers)._protocol ?? {}
  if (cipher?._encKey instanceof Uint8Array) cipher._encKey = createSecretKey(cipher._encKey)
  if (decipher?._decipherKey instanceof Uint8Array)
    decipher._decipherKey = createSecretKey(decipher._decipherKey)
}
