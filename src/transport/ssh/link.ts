import type { Duplex } from 'node:stream'

/** What an SSH connection runs over. */
export interface Link {
  readonly stream: Duplex
  /** Ends it at once, with all that it runs over itself. May be called again. */
  readonly cut: () => void
  /** For a failure of what runs over it: what the program that makes the connection has said, and how it ended. */
  readonly told?: () => Promise<Told | undefined>
}

/** What a command that makes a connection has said and come to. */
export interface Told {
  /** For people, on one line. */
  readonly words: string
  /** The shell has not found it, or may not run it. */
  readonly isNoCommand: boolean
}
