import type { Become } from '../model/action.ts'
import type { Failure } from '../model/errors.ts'
import type { Connection } from '../model/host.ts'

/** The contract between steps and the way to a host: `ssh/` and `local.ts` implement it, tests may too. */
export interface Transport {
  /** Connects and logs in. Exactly one of the two comes back, within the connect and login limits: one attempt. */
  connect(target: Target, signal: AbortSignal): Promise<Session | Failure>
}

/** What a worker knows of a host before it connects. */
export interface Target {
  readonly host: string
  readonly connection: Connection
}

/** One logged-in connection, shared by the host's nodes. */
export interface Session {
  /** Resolves once, with the reason, when the link is gone; nothing else needs to be watched for that. */
  readonly closed: Promise<Failure>
  /** Runs shell text through the wrapper (SEMANTICS: "Wrapper"). Never rejects. */
  exec(request: ExecRequest, handlers: ExecHandlers): Exec
  /** Ends the connection; running commands become lost. */
  end(): void
}

export interface ExecRequest {
  /** Shell text for /bin/sh. It is sent over standard input and read completely before anything of it runs. */
  readonly script: string
  /** Exported before the script starts, never visible in a process list. */
  readonly env: readonly (readonly [name: string, value: string])[]
  /**
   * The script's standard input. `empty`: none. `text`: sent with the script. `stream`: what `Exec.write` sends,
   * until `Exec.end`; the script must read to the end, and the watchdog cannot listen meanwhile.
   */
  readonly stdin: { readonly kind: 'empty' | 'stream' } | { readonly kind: 'text'; readonly text: string }
  /** Its processes are left alone when it is stopped, or the link closes; not with `stream` input. */
  readonly detach?: true
  /** As whom: the whole wrapper runs as that user, so that its watchdog can end the step's processes. */
  readonly become?: Become
  readonly lock?: LockPart
}

/** What a command has to do with the lock of its host. */
export interface LockPart {
  /**
   * Shell code that takes the lock before anything of the command runs, and prints a line about it (`claimCode`);
   * absent where the lock is there.
   */
  readonly claim?: string
  /** Told that line. With a failure the command does not run, and is `unsent` because of it. */
  readonly told: (report: string) => Failure | undefined
  /** Shell code that renews the lease, run with each heartbeat of a command that runs long; empty: nothing. */
  readonly renewal: () => string
}

export interface ExecHandlers {
  /** Bytes as they come. While the returned promise is pending nothing more is read from the host. */
  readonly onStdout: (chunk: Buffer) => void | Promise<void>
  readonly onStderr: (chunk: Buffer) => void | Promise<void>
}

export interface Exec {
  readonly done: Promise<ExecEnd>
  /** For `stream` input: resolves when more can be taken, also when the command ended and nobody reads any more. */
  write(chunk: Buffer): Promise<void>
  end(): void
  /** Ends the remote process group: TERM, after the grace time KILL, then the channel. The first reason wins. With `detach`: leaves it alone. */
  stop(reason: 'timeout' | 'cancel' | 'now'): void
}

/**
 * How a command ended. `exit` is the only one with a code. `lost`: the link broke after the command was sent, so it
 * may or may not have run. `unsent`: it certainly did not run.
 */
export type ExecEnd =
  | { readonly kind: 'exit'; readonly code: number }
  | { readonly kind: 'signal'; readonly signal: string }
  | { readonly kind: 'stopped'; readonly reason: 'timeout' | 'cancel' | 'now'; readonly confirmed: boolean }
  | { readonly kind: 'lost'; readonly failure: Failure }
  | { readonly kind: 'unsent'; readonly failure: Failure }
