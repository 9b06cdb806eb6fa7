import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { resolve } from 'node:path'

/** Whether a file is a saved plan, or is meant to be one. */
export function isPlanFile(cwd: string, file: string): boolean {
  if (file.endsWith('.json')) return true
  let fd: number | undefined
  try {
    // What is read from a pipe is gone, and one that nobody writes to never opens.
    if (!statSync(resolve(cwd, file)).isFile()) return false
    fd = openSync(resolve(cwd, file), 'r')
    const start = Buffer.alloc(14)
    return readSync(fd, start) === start.length && start.toString('latin1') === '{"drover_plan"'
  } catch {
    // Whoever reads it as a playbook says what is wrong with it.
    return false
  } finally {
    if (fd !== undefined) closeSync(fd)
  }
}
