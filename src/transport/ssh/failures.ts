import type { Failure } from '../../model/errors.ts'
import type { Connection } from '../../model/host.ts'
import { LIMITS } from '../../model/limits.ts'
import { oneLine } from '../shell-failure.ts'
import type { Proposal } from './server-proposal.ts'

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
export function protocolFailure(connection: Connection, error: Error, proposal?: Proposal): Failure {
  const place = placeOf(connection)
  const text = oneLine(error.message)
  if (/no matching/i.test(text)) return nothingInCommon(connection, text, proposal)
  if (/before handshake|ECONNRESET|socket hang up|EPIPE/i.test(text)) return hungUp(connection)
  return {
    code: 'connect_protocol',
    message: `what answers at ${place} does not speak SSH properly: ${text}`,
    hint: 'check that this port is the one of an SSH server',
  }
}

function nothingInCommon(connection: Connection, text: string, proposal: Proposal | undefined): Failure {
  const kind = /key exchange|host key|cipher|MAC/.exec(text)?.[0] as keyof Proposal | undefined
  const offered = kind === undefined ? undefined : proposal?.[kind]
  const rest =
    kind === undefined || offered === undefined
      ? `: ${text}`
      : ` for ${NAMES[kind]}: it offers ${oneLine(offered.join(', '))}`
  const hint =
    connection.ssh?.algorithms === undefined
      ? 'drover has no SHA-1, CBC or group 1, nor keys of type ssh-dss: update the SSH server, or allow newer ones there'
      : 'the SSH configuration leaves only some algorithms: see Ciphers, MACs, KexAlgorithms and HostKeyAlgorithms there'
  return {
    code: 'connect_protocol',
    message: `${placeOf(connection)} and drover have no algorithm in common${rest}`,
    hint,
  }
}

const NAMES: Readonly<Record<keyof Proposal, string>> = {
  'key exchange': 'the key exchange (KexAlgorithms)',
  'host key': 'the host key (HostKeyAlgorithms)',
  cipher: 'encryption (Ciphers)',
  MAC: 'integrity (MACs)',
}

function hungUp(connection: Connection): Failure {
  return {
    code: 'connect_closed',
    message: `${placeOf(connection)} closed the connection before the login`,
    hint: 'the server may limit connections (MaxStartups) or refuse this address; its log says why',
  }
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
