import type { AlgorithmChoice } from './algorithms.ts'
import type { BecomeMethod } from './playbook.ts'
import type { Problem } from './problem.ts'
import type { Secret } from './secret.ts'
import type { KnownHostsFiles } from './usual-known-hosts.ts'
import type { Vars } from './value.ts'

/** How to reach a host. Everything is resolved: no defaults are left to fill in but those of the user's SSH set-up. */
export interface Connection {
  readonly transport: 'ssh' | 'local'
  readonly address: string
  readonly port: number
  /** The login name; the local user's where the inventory names none. */
  readonly user: string
  readonly password?: Secret
  /** Private key files to try, absolute; empty: the agent's and the default ones in ~/.ssh. */
  readonly keys: readonly string[]
  readonly passphrase?: Secret
  readonly become?: HostBecome
  /** Further attempts to connect, whatever one fails for; absent: only where the server seems to be busy. */
  readonly connectRetries?: number
  /** How long a connection may take, before the login; absent: LIMITS.connectMs. */
  readonly connectTimeoutMs?: number
  /** What the user's OpenSSH configuration says besides; absent: nothing. */
  readonly ssh?: SshSetup
}

/** What an OpenSSH configuration says of a host that no inventory says. All paths are absolute. */
export interface SshSetup {
  /** The machines to go through, from here to the host; each is reached through the one before it. */
  readonly jumps?: readonly Connection[]
  /** A command that is the connection, for /bin/sh; only where there is nothing to go through. */
  readonly proxyCommand?: string
  /** The name that known_hosts has for the host, without a port, in place of its address. */
  readonly hostKeyAlias?: string
  /** Absent: the usual ones. */
  readonly knownHosts?: KnownHostsFiles
  /** Names of accepted hosts are written as hashes. */
  readonly hashKnownHosts?: true
  /** Counts where the command line names no policy. */
  readonly hostKeyPolicy?: 'strict' | 'accept-new'
  /** Key files to try where the inventory names none, instead of the default ones. */
  readonly identityFiles?: readonly string[]
  /** The agent's socket; `none`: no agent. Absent: what the environment says. */
  readonly agent?: { readonly kind: 'none' } | { readonly kind: 'socket'; readonly path: string }
  /** Only keys that are configured are offered, whatever the agent holds. */
  readonly identitiesOnly?: true
  /** Certificates of keys, besides those that lie beside the keys. */
  readonly certificates?: readonly string[]
  /** The only ways to log in, in the order to try them; absent: all, as the inventory names them. */
  readonly loginMethods?: readonly ('publickey' | 'keyboard-interactive' | 'password')[]
  /** The only algorithms, in the order to prefer them; absent: all that drover has. */
  readonly algorithms?: AlgorithmChoice
  /** The only kind of addresses to connect to. */
  readonly addressFamily?: 4 | 6
  /** The address, name or network interface to connect from. */
  readonly bindAddress?: string
  readonly bindInterface?: string
  /** Further attempts to connect where nobody else says how many; to a server that seems to be busy there may be more. */
  readonly connectRetries?: number
}

/** What the inventory says about becoming another user (`become`, `become_user`, … with their `ansible_` names). */
export interface HostBecome {
  /** Steps become another user unless they say otherwise. */
  readonly always: boolean
  readonly user?: string
  readonly method?: BecomeMethod
  readonly password?: Secret
}

export interface Host {
  readonly name: string
  /** Every inventory variable of the host, groups' merged in; connection passwords are Secrets here too. */
  readonly vars: Vars
  /** All groups that the host is in, ancestors included, `all` first, otherwise sorted. */
  readonly groups: readonly string[]
  readonly connection: Connection
  /**
   * Why the host can be listed but not be a target: a connection variable that only Ansible could evaluate, or a
   * connection plugin that drover lacks.
   */
  readonly unusable?: Problem
}

export interface Group {
  readonly name: string
  /** Child groups and direct hosts, in the order in which the inventory names them. */
  readonly children: readonly string[]
  readonly hosts: readonly string[]
  /** The group's own variables (not merged). */
  readonly vars: Vars
}

/** Hosts and groups in inventory order; `all` and `ungrouped` are always there. */
export interface Inventory {
  readonly hosts: ReadonlyMap<string, Host>
  readonly groups: ReadonlyMap<string, Group>
  /** What the inventory was read from, as the user named it. */
  readonly sources: readonly string[]
  /** Such as a file with passwords that others can read. */
  readonly warnings: readonly Problem[]
}
