import { isHostName, isUserName, portNumber } from '../inventory/names.ts'

/** One machine of a ProxyJump. */
export interface Jump {
  readonly name: string
  readonly user?: string
  readonly port?: number
  /** Those before it, as they are written; absent: what the configuration says of it. */
  readonly through?: string
}

/** The last machine of `a,user@b:22,ssh://c`; undefined where it cannot be read. */
export function lastJump(list: string): Jump | undefined {
  const hops = list.split(',')
  const last = readJump(hops.at(-1) ?? '')
  const before = hops.slice(0, -1)
  if (last === undefined || !before.every(hop => readJump(hop) !== undefined)) return undefined
  return before.length === 0 ? last : { ...last, through: before.join(',') }
}

function readJump(text: string): Jump | undefined {
  const bare = text
    .trim()
    .replace(/^ssh:\/\//, '')
    .replace(/\/$/, '')
  const [, user, place = bare] = /^(.*)@([^@]*)$/.exec(bare) ?? []
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]*))(?::(\d+))?$/.exec(place) ?? []
  const name = bracketed ?? plain ?? place
  const number = port === undefined ? undefined : portNumber(port)
  if (!isHostName(name) || (user !== undefined && !isUserName(user)) || (port !== undefined && !number)) {
    return undefined
  }
  return { name, ...(user === undefined ? {} : { user }), ...(number === undefined ? {} : { port: number }) }
}
