import type { Client } from 'ssh2'
import type { Failure } from '../../model/errors.ts'
import type { Connection } from '../../model/host.ts'
import type { Session, Target, Transport } from '../transport.ts'
import { aborted } from './failures.ts'
import type { HostKeyRules } from './host-key-check.ts'
import { HostKeyTrust, type TrustOptions } from './host-key-trust.ts'
import { onTheWay, openThrough } from './jump.ts'
import type { Link } from './link.ts'
import { logIn } from './log-in.ts'
import { type LoginMeans, type LoginSources, loginMethods } from './login-methods.ts'
import { openSocket } from './open-socket.ts'
import { PrivateKeys } from './private-keys.ts'
import { openByCommand, withCommand } from './proxy-command.ts'
import { SshSession } from './session.ts'

export interface SshOptions extends TrustOptions {
  /** `$SSH_AUTH_SOCK`. */
  readonly agentSocket?: string
}

/** Hosts over SSH. Keys and known_hosts are read once for all of them. */
export function createSshTransport(options: SshOptions): Transport {
  const { agentSocket, home } = options
  const trust = new HostKeyTrust(options)
  const sources: LoginSources = { keys: new PrivateKeys(home), agentSocket }
  return { connect: (target, signal) => connect(target, trust, sources, signal) }
}

/** What a login at one machine needs. */
interface Entrance {
  readonly target: Target
  readonly rules: HostKeyRules
  readonly means: LoginMeans
}

/**
 * One machine after the other, each reached through the one before, up to the host itself. All that the logins need is
 * there before the first connection: nobody is bothered by one that ends in nothing, and a server that hangs up at
 * once is heard.
 */
async function connect(
  target: Target,
  trust: HostKeyTrust,
  sources: LoginSources,
  signal: AbortSignal,
): Promise<Session | Failure> {
  const { host, connection } = target
  const { jumps = [] } = connection.ssh ?? {}
  const stations: Entrance[] = []
  for (const station of [...jumps, connection]) {
    const entrance = await prepare({ host, connection: station }, trust, sources)
    if ('code' in entrance) return station === connection ? entrance : onTheWay(entrance, connection)
    stations.push(entrance)
  }
  return goThrough(stations, connection, signal)
}

async function prepare(
  target: Target,
  trust: HostKeyTrust,
  sources: LoginSources,
): Promise<Entrance | Failure> {
  const rules = trust.rulesFor(target.connection)
  if ('code' in rules) return rules
  const means = await loginMethods(target.connection, sources)
  return 'code' in means ? means : { target, rules, means }
}

async function goThrough(
  stations: readonly Entrance[],
  connection: Connection,
  signal: AbortSignal,
): Promise<Session | Failure> {
  let link = await openFirst(stations[0]?.target.connection ?? connection, signal)
  for (const [index, { target, rules, means }] of stations.entries()) {
    const next = stations[index + 1]?.target.connection
    // A jump host that does not get further says where to.
    if ('code' in link) return index > 0 || next === undefined ? link : onTheWay(link, connection)
    const client: Client | Failure = await logIn(link, target, means, rules, signal)
    if ('code' in client) {
      const failure = await withCommand(client, link)
      return next === undefined ? failure : onTheWay(failure, connection)
    }
    if (next === undefined) return new SshSession(client, link, connection)
    link = await openThrough(client, link, target.connection, next, signal)
  }
  return aborted()
}

async function openFirst(first: Connection, signal: AbortSignal): Promise<Link | Failure> {
  if (first.ssh?.proxyCommand !== undefined) return openByCommand(first.ssh.proxyCommand)
  const socket = await openSocket(first, signal)
  return 'code' in socket ? socket : { stream: socket, cut: () => socket.destroy() }
}
