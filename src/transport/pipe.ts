import type { Readable, Writable } from 'node:stream'

/** What a wrapper runs in: an SSH channel or a local process. */
export interface Pipe {
  readonly stdin: Writable
  readonly stdout: Readable
  readonly stderr: Readable
  /** Gives the pipe up; whether its streams still end does not matter any more. */
  close(): void
}
