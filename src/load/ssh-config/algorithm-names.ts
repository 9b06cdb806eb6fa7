import { wildcardMatches } from '../../model/wildcard.ts'

/** Names that OpenSSH once had; it refuses a file that has one of them. */
const FORGOTTEN = /^(?:arcfour|blowfish-|cast128-|rijndael-|hmac-ripemd160)/

const NAME = /^[\w.@+-]+$/
const PATTERN = /^[\w.@*?+-]+$/

/**
 * Whether a list of algorithms can be read. A name that is not known is one of an OpenSSH that is newer than this,
 * where it is not one that OpenSSH has given up.
 */
export function isAlgorithmList(list: string, { patterns }: { readonly patterns: boolean }): boolean {
  if (list.startsWith('-')) return true
  const names = namesIn(list)
  const allowed = patterns ? PATTERN : NAME
  return names.length > 0 && names.every(name => allowed.test(name) && !FORGOTTEN.test(name))
}

/**
 * What is left of `own` by a list of ssh_config(5), in the order to prefer it: the list alone, without some of them
 * (`-`), or with some before the others (`^`). `+` adds nothing: what is missing here, is missing on purpose.
 *
 * @param own names, best first
 */
export function chosenFrom<T extends string>(own: readonly T[], list: string): readonly T[] {
  const patterns = namesIn(list)
  const among = (name: T) => patterns.some(pattern => wildcardMatches(pattern, name))
  const listed = patterns.flatMap(pattern => own.filter(name => wildcardMatches(pattern, name)))
  if (list.startsWith('+')) return own
  if (list.startsWith('-')) return own.filter(name => !among(name))
  return [...new Set(list.startsWith('^') ? [...listed, ...own] : listed)]
}

function namesIn(list: string): readonly string[] {
  return list
    .replace(/^[-+^]/, '')
    .split(',')
    .filter(name => name !== '')
}
