import type { Diff } from '../model/finding.ts'
import { LIMITS } from '../model/limits.ts'

/**
 * The difference of two files' contents; `before` is undefined for a file that is new. What is not UTF-8 or holds NUL
 * is no text.
 */
export async function textDiff(before: Buffer | undefined, after: Buffer): Promise<Diff> {
  if (after.length > LIMITS.diffBytes || (before?.length ?? 0) > LIMITS.diffBytes) return TOO_LONG
  const [old, text] = [before === undefined ? '' : textOf(before), textOf(after)]
  if (old === undefined || text === undefined) return { kind: 'none', because: 'binary' }
  const hunks = before === undefined ? wholeHunk(text) : await hunksOf(old, text)
  if (hunks === undefined) return TOO_LONG
  const lines = hunks.flatMap(hunkLines)
  if (lines.length > LIMITS.diffLines) return TOO_LONG
  return { kind: 'text', text: lines.map(line => `${line}\n`).join('') }
}

const TOO_LONG: Diff = { kind: 'none', because: 'size' }

/** The text that a file holds, if it holds one. */
export function textOf(bytes: Buffer): string | undefined {
  if (bytes.includes(0)) return undefined
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

interface Hunk {
  readonly oldStart: number
  readonly oldLines: number
  readonly newStart: number
  readonly newLines: number
  readonly lines: readonly string[]
}

/** Undefined where the texts differ in more lines than are shown anyway. Most workers never need the library. */
async function hunksOf(before: string, after: string): Promise<readonly Hunk[] | undefined> {
  const { structuredPatch } = await import('diff/lib/patch/create.js')
  const options = { context: 3, maxEditLength: LIMITS.diffLines }
  return structuredPatch('', '', before, after, undefined, undefined, options)?.hunks
}

function wholeHunk(text: string): readonly Hunk[] {
  if (text === '') return []
  const ends = text.endsWith('\n')
  const lines = (ends ? text.slice(0, -1) : text).split('\n').map(line => `+${line}`)
  const shown = ends ? lines : [...lines, '\\ No newline at end of file']
  return [{ oldStart: 1, oldLines: 0, newStart: 1, newLines: lines.length, lines: shown }]
}

/** The form of diff -u: an empty side is said to lie before its first line. */
function hunkLines({ oldStart, oldLines, newStart, newLines, lines }: Hunk): readonly string[] {
  const range = (start: number, length: number) =>
    length === 1 ? `${start}` : `${length === 0 ? start - 1 : start},${length}`
  return [`@@ -${range(oldStart, oldLines)} +${range(newStart, newLines)} @@`, ...lines]
}
