import type { Failure } from '../../model/errors.ts'
import type { Connection } from '../../model/host.ts'
import { LIMITS } from '../../model/limits.ts'
import { oneLine } from '../shell-failure.ts'
import type { LoginProgress } from './login-progress.ts'

/** The wording of everything that can go wrong between here and a login. */

const seconds = (ms: number) => `${ms / 1000} s`

export function placeOf({ address, port }: Connection): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}

/** Why no TCP connection came about. */
export function socketFailure(connection: Connection, error: Error): Failure {
  const place = placeOf(connection)
  const code = codeOf(error)
  switch (code) {
    case 'ECONNREFUSED':
      return {
        code: 'connect_refused',
        message: `${place} refuses connections`,
        hint: 'no SSH server listens there: check the port, and whether sshd runs',
      }
    case 'ETIMEDOUT':
      return connectTimeout(connection)
    case 'ECONNRESET':
      return hungUp(connection)
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAI_FAIL':
    case 'EAI_NODATA':
      return {
        code: 'connect_failed',
        message: `the name ${connection.address} has no address (${code})`,
        hint: 'check the name, or give the host an address in the inventory',
      }
    default:
      return {
        code: 'connect_failed',
        message: `${place} cannot be reached: ${SOCKET_ERRORS[code] ?? oneLine(error.message)}`,
        hint: 'check the address and the network',
      }
  }
}

const SOCKET_ERRORS: Readonly<Record<string, string>> = {
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'no route to the network',
  EACCES: 'not permitted by this machine',
  EPERM: 'not permitted by this machine',
  EADDRNOTAVAIL: 'this machine has no address to connect from',
  EMFILE: 'too many open files; raise the limit with ulimit -n, or use fewer --forks',
}

/** A name with several addresses fails with all their errors at once; the first one tells most. */
function codeOf(error: Error): string {
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error
  return (first as NodeJS.ErrnoException | undefined)?.code ?? ''
}

/** How long a connection may take, in ms. */
export function connectLimit({ connectTimeoutMs }: Connection): number {
  return connectTimeoutMs ?? LIMITS.connectMs
}

export function connectTimeout(connection: Connection): Failure {
  return {
    code: 'connect_timeout',
    message: `${placeOf(connection)} does not answer within ${seconds(connectLimit(connection))}`,
    hint: 'the host is down, or a firewall drops the connection',
  }
}

export function loginTimeout(connection: Connection, authenticating: boolean): Failure {
  const place = placeOf(connection)
  const limit = seconds(LIMITS.loginMs)
  return authenticating
    ? {
        code: 'connect_timeout',
        message: `the login at ${place} is not done within ${limit}`,
        hint: 'the host is overloaded, or its name service or PAM hangs',
      }
    : {
        code: 'connect_timeout',
        message: `${place} takes connections, but the SSH handshake is not done within ${limit}`,
        hint: 'the host hangs, or something else than an SSH server listens on this port',
      }
}

/** What is sent there is not SSH, or not a kind of it that can be agreed on. */
export function protocolFailure(connection: Connection, error: Error): Failure {
  const place = placeOf(connection)
  const text = oneLine(error.message)
  if (/no matching/i.test(text)) {
    return {
      code: 'connect_protocol',
      message: `${place} and drover have no algorithm in common: ${text}`,
      hint: 'drover offers no SHA-1, CBC or group 1: update the SSH server',
    }
  }
  if (/before handshake|ECONNRESET|socket hang up|EPIPE/i.test(text)) return hungUp(connection)
  return {
    code: 'connect_protocol',
    message: `what answers at ${place} does not speak SSH properly: ${text}`,
    hint: 'check that this port is the one of an SSH server',
  }
}

function hungUp(connection: Connection): Failure {
  return {
    code: 'connect_closed',
    message: `${placeOf(connection)} closed the connection before the login`,
    hint: 'the server may limit connections (MaxStartups) or refuse this address; its log says why',
  }
}

export function loginRefused(connection: Connection, progress: LoginProgress, detail?: string): Failure {
  const { user } = connection
  const tried = progress.tried.length === 0 ? 'nothing to log in with' : `tried ${progress.tried.join(', ')}`
  const offered =
    progress.offered === undefined ? '' : `; the server takes ${oneLine(progress.offered.join(', '))}`
  const said = detail === undefined ? '' : `; it said: ${oneLine(detail)}`
  return {
    code: 'login_refused',
    message: `${placeOf(connection)} refuses ${oneLine(user)}: ${tried}${offered}${said}`,
    hint: hintFor(connection, progress, detail ?? ''),
  }
}

function hintFor({ keys, password, user }: Connection, progress: LoginProgress, detail: string): string {
  if (/too many/i.test(detail))
    return 'name the one key to use (key=FILE) in the inventory: the agent holds too many'
  if (/expired/i.test(detail)) return 'log in once by hand and change the password'
  if (progress.tried.length > 0) return `check the user name and that the key or password is one of ${user}'s`
  if (password === undefined && progress.offered?.every(method => method !== 'publickey')) {
    return 'give a password in the inventory'
  }
  return keys.length === 0
    ? 'give key=FILE or a password in the inventory, or start an agent'
    : 'check the key files'
}

/** A connection that was there and is not any more. */
export function linkLost(connection: Connection, error: Error | undefined): Failure {
  const place = placeOf(connection)
  if (error !== undefined && /keepalive/i.test(error.message)) {
    const silence = seconds(LIMITS.keepaliveMs * LIMITS.keepaliveMisses)
    return { code: 'link_lost', message: `${place} has not answered for ${silence}` }
  }
  const why = error === undefined ? 'the host closed the connection' : oneLine(error.message)
  return { code: 'link_lost', message: `the connection to ${place} was lost: ${why}` }
}

export function aborted(): Failure {
  return { code: 'interrupted', message: 'the connection was not needed any more' }
}
