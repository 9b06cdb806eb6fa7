import type { Failure } from './errors.ts'
import type { RunEvent } from './event.ts'

/**
 * Keeps what happens in a run where a crash cannot take it. Events are appended in order and told to nobody else before
 * `commit` has resolved for them.
 */
export interface Journal {
  /** Takes an event; nothing is written yet. */
  append(event: RunEvent): void
  /**
   * Writes all that was appended. One at a time.
   * @param sync whether it must outlast a crash of the machine, too
   * @returns why it could not: then nothing more will ever be written
   */
  commit(sync: boolean): Promise<Failure | undefined>
  /** Commits what is left and closes the files. Never rejects. */
  close(): Promise<void>
}
