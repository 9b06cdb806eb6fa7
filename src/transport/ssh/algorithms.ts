import type { Algorithms, ServerHostKeyAlgorithm } from 'ssh2'
import { type HostEntries, isTypeKnown } from './host-key-verdict.ts'

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

/**
 * What to offer a host. Types of keys that known_hosts has under its name come first, as with OpenSSH
 * (`order_hostkeyalgs` in sshconnect2.c): otherwise a host with several keys would present one that nobody has seen
 * yet. Where the first type is known, all stay in their order.
 */
export function algorithmsFor(entries: HostEntries): Algorithms {
  const isKnown = (name: string) => isTypeKnown(entries, name.startsWith('rsa-sha2-') ? 'ssh-rsa' : name)
  const [first = ''] = HOST_KEYS
  if (isKnown(first)) return { ...FIXED, serverHostKey: [...HOST_KEYS] }
  return {
    ...FIXED,
    serverHostKey: [...HOST_KEYS.filter(isKnown), ...HOST_KEYS.filter(name => !isKnown(name))],
  }
}
