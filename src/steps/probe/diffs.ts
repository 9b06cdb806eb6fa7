import { createHash } from 'node:crypto'
import type { Diff } from '../../model/finding.ts'
import { textDiff } from '../text-diff.ts'

/** Differences of contents that are known by their SHA-256; many hosts have the same one, and it is made once. */
export interface Diffs {
  /** `before` is what the host sent and says it has; undefined for a file that is new. */
  between(before: Sent | undefined, after: Local): Promise<Diff>
}

export interface Sent {
  readonly digest: string
  readonly bytes: Buffer | undefined
}

export interface Local {
  readonly digest: string
  /** Undefined where it can't be read any more. */
  readonly bytes: () => Promise<Buffer | undefined>
}

/** More of them is not kept in memory: characters of diffs. */
const KEPT = 16 << 20

const UNREADABLE: Diff = { kind: 'none', because: 'unreadable' }

export function createDiffs(): Diffs {
  const known = new Map<string, Diff>()
  let size = 0
  const keep = (key: string, diff: Diff) => {
    known.set(key, diff)
    size += lengthOf(diff)
    for (const [oldest, old] of known) {
      if (size <= KEPT) return
      known.delete(oldest)
      size -= lengthOf(old)
    }
  }
  return {
    async between(before, after) {
      const key = `${before?.digest} ${after.digest}`
      const made = known.get(key)
      if (made !== undefined) return made
      if (before !== undefined && !isWhole(before)) return UNREADABLE
      const bytes = await after.bytes()
      if (bytes === undefined) return UNREADABLE
      const diff = await textDiff(before?.bytes, bytes)
      keep(key, diff)
      return diff
    },
  }
}

function lengthOf(diff: Diff): number {
  return 200 + (diff.kind === 'text' ? diff.text.length : 0)
}

/** What a host sends is shown only if it is what it says it has: other output may have come in between. */
function isWhole({ digest, bytes }: Sent): boolean {
  return bytes !== undefined && createHash('sha256').update(bytes).digest('hex') === digest
}
