/** Of these the first value counts, and there is one. */
const SINGLE = [
  ...['hostname', 'port', 'user', 'identitiesonly', 'identityagent', 'hostkeyalias', 'stricthostkeychecking'],
  ...['hashknownhosts', 'checkhostip', 'connecttimeout', 'proxyusefdpass', 'canonicalizehostname'],
  ...['pkcs11provider', 'revokedhostkeys', 'tag'],
  ...['pubkeyauthentication', 'passwordauthentication', 'kbdinteractiveauthentication', 'verifyhostkeydns'],
] as const

/** All values count, in their order. */
const LISTS = ['identityfile', 'certificatefile'] as const

/** One mention with several values. */
const SEVERAL = ['userknownhostsfile', 'globalknownhostsfile'] as const

/** The value is the rest of the line, and whichever comes first counts, with `proxyjump`. */
const REST = ['proxycommand', 'knownhostscommand'] as const

export type Keyword =
  | (typeof SINGLE)[number]
  | (typeof LISTS)[number]
  | (typeof SEVERAL)[number]
  | (typeof REST)[number]
  | 'proxyjump'

const KINDS: ReadonlyMap<string, 'single' | 'list' | 'several' | 'rest'> = new Map([
  ...SINGLE.map(name => [name, 'single'] as const),
  ['proxyjump', 'single'] as const,
  ...LISTS.map(name => [name, 'list'] as const),
  ...SEVERAL.map(name => [name, 'several'] as const),
  ...REST.map(name => [name, 'rest'] as const),
])

/** Older names of the same thing. */
const ALIASES: Readonly<Record<string, Keyword>> = {
  identityfile2: 'identityfile',
  challengeresponseauthentication: 'kbdinteractiveauthentication',
  skeyauthentication: 'kbdinteractiveauthentication',
  tisauthentication: 'kbdinteractiveauthentication',
  dsaauthentication: 'pubkeyauthentication',
}

/** A keyword that decides about connections here; undefined for all others, which are left to ssh. */
export function keywordOf(name: string): Keyword | undefined {
  const keyword = ALIASES[name] ?? name
  return KINDS.has(keyword) ? (keyword as Keyword) : undefined
}

export function kindOf(keyword: Keyword): 'single' | 'list' | 'several' | 'rest' {
  return KINDS.get(keyword) ?? 'single'
}
