import type { Algorithms, ServerHostKeyAlgorithm } from 'ssh2'
import { type AlgorithmChoice, OWN_ALGORITHMS } from '../../model/algorithms.ts'
import { isCertifiedName, plainName } from './certified-name.ts'
import { type HostEntries, hasAuthority, isTypeKnown } from './host-key-verdict.ts'

const isPlain = (name: string) => !isCertifiedName(name)

/**
 * What to offer a host as far as ssh2 knows it: without the certificates among `hostKeys`.
 *
 * @param choice what the SSH configuration leaves
 */
export function algorithmsWith(hostKeys: readonly string[], choice: AlgorithmChoice = {}): Algorithms {
  const { kex, cipher, hmac } = { ...OWN_ALGORITHMS, ...choice }
  const plain = hostKeys.filter(isPlain)
  return {
    kex: [...kex],
    cipher: [...cipher],
    hmac: [...hmac],
    // ssh2 takes no empty list, though certificates may be all that is offered in the end.
    serverHostKey: (plain.length > 0
      ? plain
      : OWN_ALGORITHMS.hostKey.filter(isPlain)) as ServerHostKeyAlgorithm[],
    compress: ['none'],
  }
}

/**
 * The algorithms of host keys to offer. Types of keys that known_hosts has under its name come first, and certificates
 * where it has an authority, as with OpenSSH (`order_hostkeyalgs` in sshconnect2.c): otherwise a host with several keys
 * would present one that nobody has seen yet. Where the first type is known, all stay in their order.
 *
 * @param choice what the SSH configuration leaves
 */
export function hostKeyAlgorithmsFor(entries: HostEntries, choice: AlgorithmChoice = {}): readonly string[] {
  const all: readonly string[] = choice.hostKey ?? OWN_ALGORITHMS.hostKey
  if (isTypeKnown(entries, typeOf(all.find(isPlain) ?? ''))) return all
  const isPreferred = (name: string) =>
    isTypeKnown(entries, typeOf(name)) || (!isPlain(name) && hasAuthority(entries))
  return [...all.filter(isPreferred), ...all.filter(name => !isPreferred(name))]
}

/** The type of the keys of an algorithm. */
function typeOf(algorithm: string): string {
  const plain = plainName(algorithm)
  return plain.startsWith('rsa-sha2-') ? 'ssh-rsa' : plain
}

/** Whether a key may be offered, as its type is called, such as `ssh-rsa` or `ssh-ed25519-cert-v01@openssh.com`. */
export function allowsKey({ userKey }: AlgorithmChoice, type: string): boolean {
  const names: readonly string[] = userKey ?? OWN_ALGORITHMS.userKey
  const own = type.startsWith('ssh-rsa')
    ? ['rsa-sha2-256', 'rsa-sha2-512'].map(name => type.replace('ssh-rsa', name))
    : [type]
  return own.some(name => names.includes(name))
}
