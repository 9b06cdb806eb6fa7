import { keyTypeOf, sshString, WireReader } from './wire-reader.ts'

/** A user's certificate (OpenSSH's PROTOCOL.certkeys): a public key, and what an authority says of it. */
export interface Certificate {
  /** As SSH sends it. */
  readonly blob: Buffer
  /** Such as `ssh-ed25519-cert-v01@openssh.com`. */
  readonly type: string
  /** The public key in it, as SSH sends it where there is no certificate. */
  readonly publicKey: Buffer
  /** Seconds since 1970 from which on it is not good any more. */
  readonly validBefore: bigint
}

const SUFFIX = '-cert-v01@openssh.com'

/** How many strings make up the public key of a type. */
const PARTS: Readonly<Record<string, number>> = {
  'ssh-ed25519': 1,
  'ssh-rsa': 2,
  'ecdsa-sha2-nistp256': 2,
  'ecdsa-sha2-nistp384': 2,
  'ecdsa-sha2-nistp521': 2,
}

const FOR_USERS = 1

/** The certificate in a line of a `-cert.pub` file; undefined where there is none for users, of a type drover has. */
export function parseCertificate(text: string): Certificate | undefined {
  const [type = '', base64 = ''] = text.trim().split(/\s+/)
  const certificate = readCertificate(Buffer.from(base64, 'base64'))
  return certificate?.type === type ? certificate : undefined
}

/** @param blob as an agent lists it */
export function readCertificate(blob: Buffer): Certificate | undefined {
  const type = keyTypeOf(blob) ?? ''
  const plain = type.endsWith(SUFFIX) ? type.slice(0, -SUFFIX.length) : ''
  const parts = Object.hasOwn(PARTS, plain) ? (PARTS[plain] ?? 0) : 0
  if (parts === 0) return undefined
  try {
    const reader = new WireReader(blob)
    reader.string()
    reader.string()
    const key = Array.from({ length: parts }, () => reader.string())
    reader.skip(8)
    if (reader.number() !== FOR_USERS) return undefined
    reader.string()
    reader.string()
    reader.skip(8)
    const validBefore = reader.large()
    const publicKey = Buffer.concat([Buffer.from(plain), ...key].map(sshString))
    return { blob, type, publicKey, validBefore }
  } catch {
    return undefined
  }
}
