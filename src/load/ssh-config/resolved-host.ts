import type { SshSetup } from '../../model/host.ts'
import type { Problem } from '../../model/problem.ts'

/** How ssh would connect. */
export interface ResolvedHost {
  readonly address: string
  readonly port: number
  readonly user: string
  readonly connectTimeoutMs?: number
  readonly setup: SshSetup
  /** Errors: it cannot be reached like that. */
  readonly problems: readonly Problem[]
  readonly warnings: readonly Problem[]
}

/** Where a host is. */
export interface Place {
  readonly address: string
  readonly port: number
  readonly user: string
  readonly problems: readonly Problem[]
}
