import type { Algorithms } from 'ssh2'
import { type AlgorithmChoice, OWN_ALGORITHMS } from '../../model/algorithms.ts'
import type { HostEntries } from './host-key-verdict.ts'

/**
 * What to offer a host. Types of keys that known_hosts has for it come first, as with OpenSSH: otherwise a host with
 * several keys would present one that nobody has seen yet.
 *
 * @param choice what the SSH configuration leaves
 */
export function algorithmsFor({ named, portless }: HostEntries, choice: AlgorithmChoice = {}): Algorithms {
  const { kex, cipher, hmac, hostKey } = { ...OWN_ALGORITHMS, ...choice }
  const types = new Set([...named, ...portless].filter(e => e.marker === undefined).map(e => e.keyType))
  const isKnown = (name: string) => types.has(name.startsWith('rsa-sha2-') ? 'ssh-rsa' : name)
  const ordered = [...hostKey.filter(isKnown), ...hostKey.filter(name => !isKnown(name))]
  return {
    kex: [...kex],
    cipher: [...cipher],
    hmac: [...hmac],
    serverHostKey: ordered,
    compress: ['none'],
  }
}

/** Whether a key may be offered, as its type is called, such as `ssh-rsa` or `ssh-ed25519-cert-v01@openssh.com`. */
export function allowsKey({ userKey }: AlgorithmChoice, type: string): boolean {
  const names: readonly string[] = userKey ?? OWN_ALGORITHMS.userKey
  const own = type.startsWith('ssh-rsa')
    ? ['rsa-sha2-256', 'rsa-sha2-512'].map(name => type.replace('ssh-rsa', name))
    : [type]
  return own.some(name => names.includes(name))
}
