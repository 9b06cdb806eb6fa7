import type { Host } from '../../model/host.ts'
import { secretsOfHosts } from '../../secrets/known-secrets.ts'
import type { CliContext } from '../context.ts'

/** Takes all secrets that are known, and the passwords of these hosts, out of texts. */
export function maskingOf({ secrets }: CliContext, hosts: Iterable<Host>): (text: string) => string {
  secrets.add(secretsOfHosts(hosts))
  return secrets.mask
}

/** A document of JSON without secrets in its strings, written as it was. */
export function maskedJson(document: string, mask: (text: string) => string): string {
  if (mask(document) === document) return document
  const strings = (_: string, value: unknown) => (typeof value === 'string' ? mask(value) : value)
  return `${JSON.stringify(JSON.parse(document, strings), undefined, 2)}\n`
}
