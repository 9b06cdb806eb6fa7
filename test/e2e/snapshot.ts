import { createHash } from 'node:crypto'
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'

/** Of each path, all that a look at it cannot change: everything but access times. */
export type Snapshot = Readonly<Record<string, string>>

/** Takes in these files and folders and all below them. */
export function snapshot(...paths: readonly string[]): Snapshot {
  return Object.fromEntries(paths.flatMap(path => entriesOf(Buffer.from(path))))
}

/** Names are bytes on the host; each byte is one character here. */
function entriesOf(path: Buffer): readonly [path: string, state: string][] {
  const stat = lstatSync(path, { bigint: true, throwIfNoEntry: false })
  const name = path.toString('latin1')
  if (stat === undefined) return [[name, 'nothing']]
  const { mode, uid, gid, ino, nlink, size, rdev, mtimeNs, ctimeNs } = stat
  const state = [mode.toString(8), uid, gid, ino, nlink, rdev, mtimeNs, ctimeNs]
  if (stat.isDirectory()) {
    const below = readdirSync(path, { encoding: 'buffer' })
      .toSorted(Buffer.compare)
      .flatMap(entry => entriesOf(Buffer.from(join(name, entry.toString('latin1')), 'latin1')))
    return [[name, state.join(' ')], ...below]
  }
  const content = stat.isSymbolicLink()
    ? readlinkSync(path, 'latin1')
    : stat.isFile()
      ? createHash('sha256').update(readFileSync(path)).digest('hex')
      : ''
  return [[name, [...state, size, content].join(' ')]]
}
