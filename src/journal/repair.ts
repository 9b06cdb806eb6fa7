import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, readSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { EVENTS_FILE, OUTPUT_FILE } from './folder.ts'

/**
 * Cuts off what a crash left torn, so that lines can follow. What is cut had not been acted upon.
 * @param wholeBytes of the journal
 * @throws NodeJS.ErrnoException
 */
export function repairRun(folder: string, wholeBytes: number): void {
  const fd = openSync(join(folder, EVENTS_FILE), 'r+')
  try {
    ftruncateSync(fd, wholeBytes)
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
  cutTornLine(join(folder, OUTPUT_FILE))
}

const BLOCK = 64 << 10

function cutTornLine(path: string): void {
  let end: number
  try {
    end = endOfLastLine(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw error
  }
  truncateSync(path, end)
}

/** Looks for it from the end: the file may be large. */
function endOfLastLine(path: string): number {
  const fd = openSync(path, 'r')
  try {
    const block = Buffer.alloc(BLOCK)
    for (let end = fstatSync(fd).size; end > 0; end = Math.max(0, end - BLOCK)) {
      const start = Math.max(0, end - BLOCK)
      const got = readSync(fd, block, 0, end - start, start)
      const at = block.subarray(0, got).lastIndexOf(0x0a)
      if (at >= 0) return start + at + 1
    }
    return 0
  } finally {
    closeSync(fd)
  }
}
