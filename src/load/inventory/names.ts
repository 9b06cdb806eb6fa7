import { isIPv6 } from 'node:net'

/** A letter, digit or underscore, then also what names in the wild have. Never a dash first, nothing a shell reads. */
const WORD = '[\\p{L}\\p{N}_][\\p{L}\\p{N}_.+-]*'
const HOST = new RegExp(`^(?:${WORD}@)?${WORD}$`, 'u')
const GROUP = new RegExp(`^${WORD}$`, 'u')
/** Also `DOMAIN\user` and `user@domain`, as directories have them, and the `$` at the end of a machine's account. */
const USER = new RegExp(`^${WORD}(?:[\\\\@]${WORD})?\\$?$`, 'u')

const LONGEST = 255

export function isHostName(name: string): boolean {
  return name.length <= LONGEST && (HOST.test(name) || isAddress6(name))
}

/** IPv6, with a zone that is a word too: `fe80::1%eth0`. */
function isAddress6(name: string): boolean {
  return isIPv6(name) && /^[0-9a-fA-F:.]+(?:%[\w.-]+)?$/.test(name)
}

export function isGroupName(name: string): boolean {
  return name.length <= LONGEST && GROUP.test(name)
}

export function isUserName(name: string): boolean {
  return name.length <= LONGEST && USER.test(name)
}

/** A port as it is written; undefined unless it is a whole number from 1 to 65535. */
export function portNumber(text: string): number | undefined {
  if (!/^\d{1,5}$/.test(text)) return undefined
  const port = Number(text)
  return port >= 1 && port <= 65_535 ? port : undefined
}

/** What hints say about names. */
export const NAME_RULE = 'names are letters, digits and . _ + - and do not start with a dash or a dot'
