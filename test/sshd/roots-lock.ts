import { rmSync } from 'node:fs'

/** What a run that was killed, or whose link was cut, has left of root's lock on a server; those of others have other ports. */
export function removeRootsLock(port: number): void {
  if (process.getuid?.() === 0) rmSync(`/run/drover/lock.${port}`, { recursive: true, force: true })
}
