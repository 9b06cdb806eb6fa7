import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'

export type KeyType = 'ed25519' | 'rsa' | 'ecdsa'

export interface KeyFile {
  /** The private key's file; the public one lies beside it with `.pub`. */
  readonly path: string
  /** `ssh-ed25519 AAAA…`, without a comment. */
  readonly publicKey: string
  /** As OpenSSH shows it: `SHA256:…`. */
  readonly fingerprint: string
}

/** Makes a key pair in OpenSSH's own format. */
export function makeKey(path: string, type: KeyType = 'ed25519', passphrase = ''): KeyFile {
  execFileSync('ssh-keygen', ['-q', '-t', type, '-N', passphrase, '-C', '', '-f', path], { stdio: 'pipe' })
  const [kind = '', blob = ''] = readFileSync(`${path}.pub`, 'utf8').split(/\s+/)
  const digest = createHash('sha256').update(Buffer.from(blob, 'base64')).digest('base64')
  return { path, publicKey: `${kind} ${blob}`, fingerprint: `SHA256:${digest.replace(/=+$/, '')}` }
}
