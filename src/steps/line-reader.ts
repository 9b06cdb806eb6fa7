import { LIMITS } from '../model/limits.ts'

/** Cuts a stream into lines. A line longer than the limit is dropped: no script of ours prints one. */
export function createLineReader(
  onLine: (line: string) => void,
  limit: number = 2 * LIMITS.remoteNameBytes,
): (chunk: Buffer) => void {
  let held: Buffer[] = []
  let size = 0
  const take = (piece: Buffer) => {
    if (size <= limit) held.push(piece)
    size += piece.length
  }
  return chunk => {
    let start = 0
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      take(chunk.subarray(start, end))
      if (size <= limit) onLine(Buffer.concat(held).toString('utf8'))
      held = []
      size = 0
      start = end + 1
    }
    if (start < chunk.length) take(Buffer.from(chunk.subarray(start)))
  }
}
