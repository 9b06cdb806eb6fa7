import ssh2 from 'ssh2'

export interface KeyPair {
  /** OpenSSH's own format, unencrypted. */
  readonly private: string
  /** `ssh-ed25519 AAAA…`. */
  readonly public: string
}

/**
 * Makes an ed25519 key pair. ssh2 1.17 writes about one pair in 256 in a form that nobody can read, so a pair is
 * only used when it has signed and verified something.
 */
export function makeKeyPair(): KeyPair {
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync('ed25519')
    if (works(pair)) return pair
  }
}

function works(pair: KeyPair): boolean {
  const [signer, verifier] = [ssh2.utils.parseKey(pair.private), ssh2.utils.parseKey(pair.public)]
  if (signer instanceof Error || verifier instanceof Error) return false
  return verifier.verify('drover', signer.sign('drover')) === true
}
