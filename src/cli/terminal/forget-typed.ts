import { closeSync, constants, openSync, readSync } from 'node:fs'
import type { CliContext } from '../context.ts'

/** More than anybody types ahead: a terminal that is gone would end its input over and over. */
const MOST_LINES = 10_000

/** Drops the lines that were typed before a question was there: they cannot have been meant for it. */
export function forgetTyped(stdin: CliContext['stdin']): void {
  if (stdin.readableLength > 0) stdin.read()
  let fd: number | undefined
  try {
    // A file of its own, as only there a read that finds nothing does not wait.
    fd = openSync('/dev/tty', constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY)
    const buffer = Buffer.alloc(4096)
    for (let line = 0; line < MOST_LINES; line++) readSync(fd, buffer)
  } catch {
    // EAGAIN: nothing more was typed. Or there is no such terminal, and nothing to drop.
  } finally {
    if (fd !== undefined) closeSync(fd)
  }
}
