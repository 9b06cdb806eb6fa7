/** A running SSH server for a test: how to reach it, and what to know about it. */
export interface TestServer {
  /** The (first) address it listens on. */
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password?: string
  /** File of a key that may log in. */
  readonly privateKey: string
  readonly passphrase?: string
  /** File that already holds the server's key (or what `knownHosts` asked for instead). */
  readonly knownHosts: string
  readonly hostKeyFingerprint: string
  /** The login's home folder. */
  readonly home: string
  readonly pid: number
  /** All that the server has logged so far. */
  log(): string
  /** The processes that hold open connections, for tests that cut or freeze a link. */
  sessions(): readonly number[]
  /** The processes that logins started and that still live, for tests that want none to be left. */
  processes(): readonly number[]
  /** Ends the server, its connections and what they started; removes account and files. */
  stop(): Promise<void>
}
