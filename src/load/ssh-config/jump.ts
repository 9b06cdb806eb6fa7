import { portOf } from './ports.ts'

/** One machine of a ProxyJump, as it is written. */
export interface Jump {
  readonly name: string
  readonly user?: string
  readonly port?: number
  /** Those before it, as they are written; absent: what the configuration says of it. */
  readonly through?: string
}

/** What a ProxyJump says: `none`, or the last of its machines. */
export type Jumps = { readonly kind: 'none' } | { readonly kind: 'through'; readonly last: Jump }

/**
 * What `a,user@b:22,ssh://c` means to OpenSSH (parse_jump in readconf.c): up to the first blank or `#`. Undefined: it
 * refuses the line. What a name may consist of, it does not ask.
 */
export function readJumps(text: string): Jumps | undefined {
  const list = unquoted((text.split('#', 1)[0] ?? '').replace(/(?<=.)\s.*$/s, ''))
  if (list.toLowerCase() === 'none') return { kind: 'none' }
  const hops = list.split(',')
  const read = hops.map(readJump)
  const last = read.at(-1)
  if (last === undefined || read.includes(undefined)) return undefined
  const through = hops.slice(0, -1).join(',')
  return { kind: 'through', last: through === '' ? last : { ...last, through } }
}

/** A shell takes quotes off that stand around the whole: ssh hands the name to one. */
function unquoted(text: string): string {
  return /^(["'])([^"',\\]*)\1$/.exec(text)?.[2] ?? text
}

function readJump(text: string): Jump | undefined {
  return text.startsWith('ssh://') ? readUri(text.slice('ssh://'.length)) : readPlain(text)
}

function readPlain(text: string): Jump | undefined {
  const at = text.lastIndexOf('@')
  if (at === 0) return undefined
  return jumpOf(at < 0 ? undefined : text.slice(0, at), text.slice(at + 1))
}

function readUri(text: string): Jump | undefined {
  const at = text.indexOf('@')
  const user = at < 0 ? undefined : decoded(text.slice(0, at).split(';', 1)[0] ?? '')
  if (at >= 0 && (user === undefined || user === '')) return undefined
  const [place = '', ...path] = text.slice(at + 1).split('/')
  if (path.some(part => part !== '')) return undefined
  const jump = jumpOf(user, place)
  if (jump === undefined || !isDomain(jump.name)) return undefined
  return { ...jump, name: jump.name.replace(/\.$/, '') }
}

function jumpOf(user: string | undefined, place: string): Jump | undefined {
  const [, host = '', port = ''] = /^(\[[^\]]*\]|[^:/[][^:/]*)(?::(.*))?$/s.exec(place) ?? []
  const name = host.replace(/^\[(.*)\]$/s, '$1')
  const number = port === '' ? undefined : portOf(port)
  if (name === '' || (port !== '' && number === undefined)) return undefined
  return { name, ...(user === undefined ? {} : { user }), ...(number === undefined ? {} : { port: number }) }
}

function decoded(text: string): string | undefined {
  if (/%(?![0-9a-f]{2})/i.test(text)) return undefined
  return text
    .replaceAll('+', ' ')
    .replace(/%(..)/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))
}

/** valid_domain in OpenSSH's misc.c. */
function isDomain(name: string): boolean {
  return /^[A-Za-z0-9][\w.-]*$/.test(name) && !name.includes('..')
}
