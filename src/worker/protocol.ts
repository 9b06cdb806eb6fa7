import type { Task } from '../model/action.ts'
import type { Failure } from '../model/errors.ts'
import type { Connection, HostBecome } from '../model/host.ts'
import type { LockNews, LockSettings } from '../model/lock.ts'
import type { NodeResult } from '../model/outcome.ts'
import { Secret } from '../model/secret.ts'
import type { HostKeyPolicy, HostKeyQuestion } from '../transport/ssh/host-key-check.ts'

export type { HostKeyPolicy, HostKeyQuestion }

/**
 * What the controller and a worker say to each other. Both ways, one message of the channel is an array of these.
 * The version is checked because a worker that is started late, after an upgrade on disk, may be another one.
 */
export const PROTOCOL_VERSION = 6

/** Characters of output that a worker may have under way to the controller before it stops reading from hosts. */
export const OUTPUT_WINDOW = 256 << 10

export const HEARTBEAT_MS = 5_000

/** A connection on the wire: the only place, besides logging in, where its secrets stand in the clear. */
export interface WireConnection extends Omit<Connection, 'password' | 'passphrase' | 'become'> {
  readonly password?: string
  readonly passphrase?: string
  readonly become?: WireBecome
}

interface WireBecome extends Omit<HostBecome, 'password'> {
  readonly password?: string
}

export interface HostKeySettings {
  readonly policy: HostKeyPolicy
  /** Nobody named the policy: what the SSH configuration says of a host goes before it. */
  readonly isDefault?: true
  /** Absolute path; absent: the user's own files. */
  readonly knownHosts?: string
  /** Whether somebody can be asked about an unknown key. */
  readonly canAsk: boolean
}

export type ToWorker =
  | { readonly kind: 'init'; readonly version: number; readonly hostKeys: HostKeySettings }
  /** Variables of the environment that nothing it starts is to have. Comes before the first host. */
  | { readonly kind: 'withhold'; readonly variables: readonly string[] }
  /** Comes before the first node of a host. */
  | {
      readonly kind: 'host'
      readonly host: number
      readonly name: string
      readonly connection: WireConnection
      /** Absent: the host is not locked. */
      readonly locks?: LockSettings
    }
  /** The node of a step and a host, carried out on `via`. */
  | {
      readonly kind: 'start'
      readonly step: number
      readonly host: number
      readonly via: number
      readonly action: Task
    }
  | {
      readonly kind: 'stop'
      readonly step: number
      readonly host: number
      readonly via: number
      readonly reason: 'cancel' | 'now'
    }
  | { readonly kind: 'release'; readonly host: number }
  | { readonly kind: 'answer'; readonly question: number; readonly accepted: boolean }
  /** So many characters of output were taken. */
  | { readonly kind: 'credit'; readonly size: number }
  /** End every connection, then the process. */
  | { readonly kind: 'close' }

export type FromWorker =
  /** Nothing happened, but the worker's event loop goes round; every HEARTBEAT_MS. */
  | { readonly kind: 'alive' }
  | { readonly kind: 'connected'; readonly host: number; readonly ms: number }
  | { readonly kind: 'unreachable'; readonly host: number; readonly failure: Failure }
  | { readonly kind: 'lock'; readonly host: number; readonly news: LockNews }
  | { readonly kind: 'started'; readonly step: number; readonly host: number }
  | {
      readonly kind: 'output'
      readonly step: number
      readonly host: number
      readonly stream: 'stdout' | 'stderr'
      readonly text: string
    }
  | { readonly kind: 'finished'; readonly step: number; readonly host: number; readonly result: NodeResult }
  | { readonly kind: 'question'; readonly question: number; readonly about: HostKeyQuestion }

export function toWire({ password, passphrase, become, ...rest }: Connection): WireConnection {
  return {
    ...rest,
    ...(password === undefined ? {} : { password: password.reveal() }),
    ...(passphrase === undefined ? {} : { passphrase: passphrase.reveal() }),
    ...(become === undefined ? {} : { become: becomeToWire(become) }),
  }
}

export function fromWire({ password, passphrase, become, ...rest }: WireConnection): Connection {
  return {
    ...rest,
    ...(password === undefined ? {} : { password: new Secret(password) }),
    ...(passphrase === undefined ? {} : { passphrase: new Secret(passphrase) }),
    ...(become === undefined ? {} : { become: becomeFromWire(become) }),
  }
}

function becomeToWire({ password, ...rest }: HostBecome): WireBecome {
  return { ...rest, ...(password === undefined ? {} : { password: password.reveal() }) }
}

function becomeFromWire({ password, ...rest }: WireBecome): HostBecome {
  return { ...rest, ...(password === undefined ? {} : { password: new Secret(password) }) }
}
