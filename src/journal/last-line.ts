import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { type JournalRecord, openLine } from './line.ts'

/** The end of a run is one short line. */
const MOST = 64 << 10

/**
 * The last line of a journal, without reading the others.
 * @returns undefined where there is none, it is torn or damaged, or too long to be the end of a run
 */
export function lastLine(path: string): JournalRecord | undefined {
  let fd: number | undefined
  try {
    fd = openSync(path, 'r')
    const { size } = fstatSync(fd)
    const bytes = Buffer.alloc(Math.min(size, MOST))
    const read = bytes.subarray(0, readSync(fd, bytes, 0, bytes.length, size - bytes.length))
    if (read.at(-1) !== 0x0a) return undefined
    const start = read.lastIndexOf(0x0a, read.length - 2) + 1
    const opened = openLine(read.toString('utf8', start, read.length - 1))
    return opened.kind === 'record' ? opened.record : undefined
  } catch {
    return undefined
  } finally {
    if (fd !== undefined) closeSync(fd)
  }
}
