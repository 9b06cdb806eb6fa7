import type { Readable, Writable } from 'node:stream'

/** What a wrapper runs in: an SSH channel or a local process. */
export interface Pipe {
  readonly stdin: Writable
  readonly stdout: Readable
  readonly stderr: Readable
  /** Kills what was started through it, as far as that can be done from outside and before `stdin` has ended. */
  kill(): void
  /** Gives the pipe up; whether its streams still end does not matter any more. */
  close(): void
}
