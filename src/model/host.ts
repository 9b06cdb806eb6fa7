import type { BecomeMethod } from './playbook.ts'
import type { Problem } from './problem.ts'
import type { Secret } from './secret.ts'
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
