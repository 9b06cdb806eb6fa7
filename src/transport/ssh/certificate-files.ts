import { readFile } from 'node:fs/promises'
import { type Certificate, parseCertificate } from './certificate.ts'
import type { PrivateKey } from './private-keys.ts'

export interface FoundCertificate extends Certificate {
  readonly file: string
  /** By the clock of this machine; the server decides. */
  readonly isExpired: boolean
}

/** The certificates beside key files, as `id_ed25519-cert.pub`, and those that are named. What is none is passed over, as with ssh. */
export async function loadCertificates(
  keys: readonly PrivateKey[],
  named: readonly string[],
): Promise<readonly FoundCertificate[]> {
  const beside = keys.map(({ file }) => `${file.replace(/\.pub$/, '')}-cert.pub`)
  const found = await Promise.all([...new Set([...named, ...beside])].map(load))
  return found.flat()
}

async function load(file: string): Promise<readonly FoundCertificate[]> {
  const text = await readFile(file, 'utf8').catch(() => '')
  const certificate = parseCertificate(text)
  if (certificate === undefined) return []
  const isExpired = certificate.validBefore <= BigInt(Math.floor(Date.now() / 1000))
  return [{ ...certificate, file, isExpired }]
}
