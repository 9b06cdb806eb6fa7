/** What names of certificates, and of algorithms that they are presented with, end in (OpenSSH's PROTOCOL.certkeys). */
const SUFFIX = '-cert-v01@openssh.com'

export function isCertifiedName(name: string): boolean {
  return name.endsWith(SUFFIX)
}

export function certifiedName(plain: string): string {
  return plain + SUFFIX
}

/** The name without that; one that has none stays as it is. */
export function plainName(name: string): string {
  return isCertifiedName(name) ? name.slice(0, -SUFFIX.length) : name
}
