import type { Problem } from '../../model/problem.ts'
import type { Answer } from './evaluate.ts'
import type { Keyword } from './keywords.ts'
import { problem } from './problem.ts'

interface Unsupported {
  readonly keyword: Keyword
  /** Values with which it says nothing. */
  readonly harmless: RegExp
  readonly message: string
  readonly hint: string
}

/** What would change who is reached or trusted: the host is no target then. */
const REFUSED: readonly Unsupported[] = [
  {
    keyword: 'canonicalizehostname',
    harmless: /^(?:no|none|false)$/i,
    message: 'CanonicalizeHostname is not supported: the name would mean another machine than for ssh',
    hint: 'give the whole name with HostName',
  },
  {
    keyword: 'proxyusefdpass',
    harmless: /^(?:no|false)$/i,
    message: 'ProxyUseFdpass is not supported',
    hint: 'use ProxyJump, or a ProxyCommand that passes data on by itself',
  },
  {
    keyword: 'revokedhostkeys',
    harmless: /^none$/i,
    message: 'RevokedHostKeys is not supported: a revoked key would be trusted',
    hint: 'write the keys into known_hosts, as lines with @revoked',
  },
]

/** What only makes fewer hosts known, or fewer logins possible; and a second check of what is checked. */
const WARNED: readonly Unsupported[] = [
  {
    keyword: 'pkcs11provider',
    harmless: /^none$/i,
    message: 'PKCS11Provider is not supported: keys of a token are not offered',
    hint: 'load them into an agent with ssh-add -s',
  },
  {
    keyword: 'knownhostscommand',
    harmless: /^none$/i,
    message: 'KnownHostsCommand is not run: only files say which host keys are known',
    hint: 'write what it prints into a file, and name that with UserKnownHostsFile',
  },
  {
    keyword: 'checkhostip',
    harmless: /^(?:no|false)$/i,
    message:
      'CheckHostIP is not supported: a host key is checked by the name of the host, and not by its address as well',
    hint: 'leave it out, as is the default of ssh since 8.5',
  },
]

export function refusals(answer: Answer): readonly Problem[] {
  return REFUSED.flatMap(rule => found(rule, answer))
}

export function warnings(answer: Answer): readonly Problem[] {
  return WARNED.flatMap(rule => found(rule, answer)).map(told => ({ ...told, severity: 'warning' as const }))
}

function found({ keyword, harmless, message, hint }: Unsupported, { settings }: Answer): readonly Problem[] {
  const setting = settings.get(keyword)
  if (setting === undefined || harmless.test(setting.words[0] ?? '')) return []
  return [problem(message, setting.where, hint)]
}
