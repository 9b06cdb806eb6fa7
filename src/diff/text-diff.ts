import { structuredPatch } from 'diff'
import type { Diff } from '../model/finding.ts'
import { LIMITS } from '../model/limits.ts'
import { count } from '../model/quantity.ts'

/** Two texts that have less in common are not worth the time. */
const MOST_EDITS = 5_000

/** The hunks of a unified diff of two texts, at most LIMITS.diffLines lines of them. */
export function diffTexts(before: string, after: string): Diff {
  if (Math.max(before.length, after.length) > LIMITS.diffBytes) return { kind: 'none', because: 'size' }
  const patch = structuredPatch('', '', before, after, undefined, undefined, {
    context: 3,
    maxEditLength: MOST_EDITS,
  })
  if (patch === undefined) return { kind: 'none', because: 'size' }
  const lines = patch.hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines }) => [
    `@@ -${range(oldStart, oldLines)} +${range(newStart, newLines)} @@`,
    ...lines,
  ])
  const more = lines.length - LIMITS.diffLines
  const shown = more > 0 ? [...lines.slice(0, LIMITS.diffLines), `… ${count(more, 'more line')}`] : lines
  return { kind: 'text', text: shown.map(line => `${line}\n`).join('') }
}

/** As `diff -u`: an empty side is said to lie before its first line. */
function range(start: number, lines: number): string {
  return `${lines === 0 ? start - 1 : start},${lines}`
}
