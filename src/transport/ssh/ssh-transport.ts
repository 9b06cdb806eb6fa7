import { join } from 'node:path'
import type { Failure } from '../../model/errors.ts'
import type { Session, Target, Transport } from '../transport.ts'
import type { HostKeyPolicy, HostKeyQuestion, HostKeyRules } from './host-key-check.ts'
import { HostKeyStore } from './host-key-store.ts'
import { logIn } from './log-in.ts'
import { type LoginSources, loginMethods } from './login-methods.ts'
import { openSocket } from './open-socket.ts'
import { PrivateKeys } from './private-keys.ts'
import { SshSession } from './session.ts'

export interface SshOptions {
  readonly policy: HostKeyPolicy
  /** The only file to check host keys against; absent: those that ssh uses. */
  readonly knownHosts?: string
  /** Asked about unknown host keys under `strict`: true accepts and remembers. */
  readonly ask?: (question: HostKeyQuestion) => Promise<boolean>
  /** `$SSH_AUTH_SOCK`. */
  readonly agentSocket?: string
  /** The folder that has `.ssh`. */
  readonly home: string
}

/** Hosts over SSH. Keys and known_hosts are read once for all of them. */
export function createSshTransport({ policy, knownHosts, ask, agentSocket, home }: SshOptions): Transport {
  const files = knownHosts === undefined ? usualKnownHosts(home) : [knownHosts]
  const hostKeys: HostKeyRules = { policy, store: new HostKeyStore(files), ...(ask && { ask }) }
  const sources: LoginSources = { keys: new PrivateKeys(home), agentSocket }
  return { connect: (target, signal) => connect(target, hostKeys, sources, signal) }
}

/** The defaults of UserKnownHostsFile and GlobalKnownHostsFile (ssh_config(5)). */
function usualKnownHosts(home: string): string[] {
  return [
    join(home, '.ssh/known_hosts'),
    join(home, '.ssh/known_hosts2'),
    '/etc/ssh/ssh_known_hosts',
    '/etc/ssh/ssh_known_hosts2',
  ]
}

async function connect(
  target: Target,
  hostKeys: HostKeyRules,
  sources: LoginSources,
  signal: AbortSignal,
): Promise<Session | Failure> {
  const unreadable = hostKeys.store.load()
  if (unreadable !== undefined) return unreadable
  const methods = await loginMethods(target.connection, sources)
  if ('code' in methods) return methods
  const socket = await openSocket(target.connection, signal)
  if ('code' in socket) return socket
  const client = await logIn(socket, target, methods, hostKeys, signal)
  return 'code' in client ? client : new SshSession(client, socket, target.connection)
}
