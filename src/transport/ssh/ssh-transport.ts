import type { Client } from 'ssh2'
import type { Failure } from '../../model/errors.ts'
import type { Connection } from '../../model/host.ts'
import type { Session, Target, Transport } from '../transport.ts'
import { HostKeyTrust, type TrustOptions } from './host-key-trust.ts'
import { onTheWay, openThrough } from './jump.ts'
import type { Link } from './link.ts'
import { logIn } from './log-in.ts'
import { type LoginSources, loginMethods } from './login-methods.ts'
import { openSocket } from './open-socket.ts'
import { PrivateKeys } from './private-keys.ts'
import { openByCommand } from './proxy-command.ts'
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

/** One machine after the other, each reached through the one before, up to the host itself. */
async function connect(
  target: Target,
  trust: HostKeyTrust,
  sources: LoginSources,
  signal: AbortSignal,
): Promise<Session | Failure> {
  const { connection } = target
  const hops = connection.ssh?.jumps ?? []
  const [first = connection] = hops
  // Nobody is bothered by a login that ends in nothing.
  const unready = await readiness(target, trust, sources)
  if (unready !== undefined) return unready
  let link = await openFirst(first, signal)
  for (const [index, hop] of hops.entries()) {
    if ('code' in link) return onTheWay(link, connection)
    const client = await enter({ host: target.host, connection: hop }, link, trust, sources, signal)
    if ('code' in client) return onTheWay(client, connection)
    link = await openThrough(client, link, hop, hops[index + 1] ?? connection, signal)
  }
  if ('code' in link) return link
  const client = await enter(target, link, trust, sources, signal)
  return 'code' in client ? client : new SshSession(client, link, connection)
}

async function readiness(
  { connection }: Target,
  trust: HostKeyTrust,
  sources: LoginSources,
): Promise<Failure | undefined> {
  const rules = trust.rulesFor(connection)
  if ('code' in rules) return rules
  const methods = await loginMethods(connection, sources)
  return 'code' in methods ? methods : undefined
}

async function openFirst(first: Connection, signal: AbortSignal): Promise<Link | Failure> {
  if (first.ssh?.proxyCommand !== undefined) return openByCommand(first.ssh.proxyCommand)
  const socket = await openSocket(first, signal)
  return 'code' in socket ? socket : { stream: socket, cut: () => socket.destroy() }
}

/** Logs in at one machine; if that fails, what leads there is cut. */
async function enter(
  target: Target,
  link: Link,
  trust: HostKeyTrust,
  sources: LoginSources,
  signal: AbortSignal,
): Promise<Client | Failure> {
  const rules = trust.rulesFor(target.connection)
  const methods = 'code' in rules ? rules : await loginMethods(target.connection, sources)
  if ('code' in methods || 'code' in rules) {
    link.cut()
    return 'code' in methods ? methods : (rules as Failure)
  }
  return logIn(link, target, methods, rules, signal)
}
