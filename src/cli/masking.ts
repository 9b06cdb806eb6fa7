import type { Host } from '../model/host.ts'
import { secretsOfHosts } from '../secrets/known-secrets.ts'
import type { CliContext } from './context.ts'

/** Takes all secrets that are known, and the passwords of these hosts, out of texts. */
export function maskingOf({ secrets }: CliContext, hosts: Iterable<Host>): (text: string) => string {
  secrets.add(secretsOfHosts(hosts))
  return secrets.mask
}
