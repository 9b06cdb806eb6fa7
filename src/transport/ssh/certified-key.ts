import type { ParsedKey } from 'ssh2'
import type { Certificate } from './certificate.ts'
import { sshString } from './wire-reader.ts'

/** A key as ssh2 takes it, which presents itself with a certificate. */
export interface CertifiedKey extends ParsedKey {
  /** The key itself, which signs. */
  readonly certifies: ParsedKey
  readonly certificate: Certificate
  /** What an agent knows the key by. */
  readonly heldAs: Buffer
}

/** @param key the private key; or the public one, where an agent signs that has it under the name `heldAs` */
export function certify(
  key: ParsedKey,
  certificate: Certificate,
  heldAs: Buffer = certificate.publicKey,
): CertifiedKey {
  return Object.create(key, {
    type: { value: certificate.type },
    getPublicSSH: { value: () => certificate.blob },
    certifies: { value: key },
    certificate: { value: certificate },
    heldAs: { value: heldAs },
  }) as CertifiedKey
}

export function isCertified(key: ParsedKey): key is CertifiedKey {
  return 'certificate' in key
}

/** The names that a login uses: of what is presented, and of the signature. No SHA-1. */
export function algorithmsOf({ certificate, certifies }: CertifiedKey): {
  readonly presented: string
  readonly signed: string
  readonly hash?: 'sha256'
} {
  if (certifies.type !== 'ssh-rsa') return { presented: certificate.type, signed: certifies.type }
  return { presented: 'rsa-sha2-256-cert-v01@openssh.com', signed: 'rsa-sha2-256', hash: 'sha256' }
}

/** A signature as SSH sends it: an ECDSA one comes as two numbers in ASN.1, and leaves as two strings (RFC 5656, 3.1.2). */
export function signatureBlob(signed: string, raw: Buffer): Buffer {
  return Buffer.concat([sshString(signed), sshString(signed.startsWith('ecdsa-') ? fromAsn1(raw) : raw)])
}

/** As an agent gives it, it is two strings already; their first length begins with a zero. */
function fromAsn1(raw: Buffer): Buffer {
  if (raw[0] !== 0x30) return raw
  let at = (raw[1] ?? 0) < 0x80 ? 2 : 3
  const numbers: Buffer[] = []
  while (numbers.length < 2) {
    const length = raw[at + 1] ?? 0
    numbers.push(raw.subarray(at + 2, at + 2 + length))
    at += 2 + length
  }
  return Buffer.concat(numbers.map(sshString))
}
