import type { Algorithms, ServerHostKeyAlgorithm } from 'ssh2'
import { type HostEntries, hasAuthority, isTypeKnown } from './host-key-verdict.ts'

/** No SHA-1, no CBC, no group 1. AES-GCM first: node:crypto does it faster than anything in JavaScript. */
const FIXED: Algorithms = {
  kex: [
    'curve25519-sha256',
    'curve25519-sha256@libssh.org',
    'ecdh-sha2-nistp256',
    'ecdh-sha2-nistp384',
    'ecdh-sha2-nistp521',
    'diffie-hellman-group-exchange-sha256',
    'diffie-hellman-group14-sha256',
    'diffie-hellman-group15-sha512',
    'diffie-hellman-group16-sha512',
    'diffie-hellman-group17-sha512',
    'diffie-hellman-group18-sha512',
  ],
  cipher: [
    'aes128-gcm@openssh.com',
    'aes256-gcm@openssh.com',
    'aes128-ctr',
    'aes192-ctr',
    'aes256-ctr',
    'chacha20-poly1305@openssh.com',
  ],
  hmac: ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com', 'hmac-sha2-256', 'hmac-sha2-512'],
  compress: ['none'],
}

const HOST_KEYS: readonly ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
]

/** Each of the types above, certified. */
const CERTIFICATES: readonly string[] = HOST_KEYS.map(name => `${name}-cert-v01@openssh.com`)

/** What to offer a host as far as ssh2 knows it: without the certificates among `hostKeys`. */
export function algorithmsWith(hostKeys: readonly string[]): Algorithms {
  return { ...FIXED, serverHostKey: hostKeys.filter(isPlain) }
}

const isPlain = (name: string): name is ServerHostKeyAlgorithm => !CERTIFICATES.includes(name)

/**
 * The algorithms of host keys to offer. Types of keys that known_hosts has under its name come first, and certificates
 * where it has an authority, as with OpenSSH (`order_hostkeyalgs` in sshconnect2.c): otherwise a host with several keys
 * would present one that nobody has seen yet. Where the first type is known, all stay in their order.
 */
export function hostKeyAlgorithmsFor(entries: HostEntries): readonly string[] {
  const all = [...CERTIFICATES, ...HOST_KEYS]
  const [first = ''] = HOST_KEYS
  if (isTypeKnown(entries, first)) return all
  const isPreferred = (name: string) =>
    isTypeKnown(entries, typeOf(name)) || (!isPlain(name) && hasAuthority(entries))
  return [...all.filter(isPreferred), ...all.filter(name => !isPreferred(name))]
}

/** The type of the keys of an algorithm. */
function typeOf(algorithm: string): string {
  const plain = algorithm.replace(/-cert-v01@openssh\.com$/, '')
  return plain.startsWith('rsa-sha2-') ? 'ssh-rsa' : plain
}
