import { readCertificateFields } from './certificate-fields.ts'
import { certifiedName } from './certified-name.ts'
import { keyTypeOf } from './wire-reader.ts'

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

const FOR_USERS = 1

/** The certificate in a line of a `-cert.pub` file; undefined where there is none for users, of a type drover has. */
export function parseCertificate(text: string): Certificate | undefined {
  const [type = '', base64 = ''] = text.trim().split(/\s+/)
  const certificate = readCertificate(Buffer.from(base64, 'base64'))
  return certificate?.type === type ? certificate : undefined
}

/** @param blob as an agent lists it */
export function readCertificate(blob: Buffer): Certificate | undefined {
  const fields = readCertificateFields(blob)
  if (fields?.kind !== FOR_USERS) return undefined
  const { key, validBefore } = fields
  const type = keyTypeOf(blob) ?? ''
  // Of keys in tokens the name is another one.
  const isOwn = type === certifiedName(key.type) && key.type !== 'ssh-dss'
  return isOwn ? { blob, type, publicKey: key.blob, validBefore } : undefined
}
