const LONGEST = 2_000

/** The URL of a remote without what belongs to its user: `https://host/x.git`, `host:x.git`. */
export function withoutUser(url: string): string {
  const [, scheme = '', rest = ''] = /^((?:[\w+.-]+::)?(?:[a-z][\w+.-]*:\/\/)?)(.*)$/is.exec(url) ?? []
  const slash = rest.indexOf('/')
  const authority = slash < 0 ? rest : rest.slice(0, slash)
  const isUrl = scheme.endsWith('://')
  // A slash in a password ends what looks like the host before its `@`.
  const isCut = isUrl && !authority.includes('@') && /:(?!\d*$)/.test(authority.replace(/^\[.*\]/, ''))
  const from = (isCut ? rest : authority).lastIndexOf('@') + 1
  const bare = rest.slice(from)
  return (scheme + (isUrl ? bare.replace(/[?#].*$/s, '') : bare)).slice(0, LONGEST)
}
