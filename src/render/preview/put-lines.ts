import type { EntryChange, PutFinding } from '../../model/finding.ts'
import { count } from '../../model/quantity.ts'
import type { Paint } from '../paint.ts'
import { textWidth } from '../width.ts'
import { type DiffRoom, differenceOf, diffLines } from './diff-lines.ts'
import { changeWords } from './entry-change.ts'
import type { Shown } from './shown.ts'

export interface PutLinesOptions {
  readonly paint: Paint
  readonly shown: Shown
  readonly columns: number
  readonly diff: boolean
  /** So many entries are listed. */
  readonly most: DiffRoom & { readonly entries: number }
}

/** What a put would change, entry by entry with its differences, and how much it would leave alone. */
export function putLines(finding: PutFinding, options: PutLinesOptions): string[] {
  const { paint, shown, most } = options
  const { changes, counts, missing } = finding
  const listed = changes.length > most.entries + 1 ? changes.slice(0, most.entries) : changes
  const lines: string[] = []
  if (missing.length > 0 && finding.unlessMade === undefined)
    lines.push(paint('dim', `makes ${shown(missing.join(', '))} first`))
  let left = most.diff
  for (const change of listed) {
    lines.push(...entryLines(change, options))
    const difference = options.diff ? differenceOf(change, left, most) : undefined
    if (difference === undefined) continue
    const diff = diffLines(difference.text, difference.most, paint, shown)
    left -= diff.length
    lines.push(...diff.map(line => `  ${line}`))
  }
  const more = restWords(listed, finding)
  if (more !== '') lines.push(paint('dim', more))
  if (counts.same > 0 && (changes.length > 0 || counts.same > 1))
    lines.push(paint('dim', `${counts.same} left alone`))
  return lines
}

/** The path stays whole; where what is said of it does not fit beside it, it stands below. */
function entryLines(change: EntryChange, { paint, shown, columns }: PutLinesOptions): string[] {
  const isNew = change.change === 'new'
  const path = shown(change.type === 'folder' ? `${change.path.replace(/\/$/, '')}/` : change.path)
  const words = changeWords(change, shown)
  const head = paint(isNew ? 'green' : 'yellow', `${isNew ? '+' : '~'} ${path}`)
  const fits = textWidth(`+ ${path}  ${words}`) <= columns
  return fits ? [`${head}  ${words}`] : [head, `    ${words}`]
}

/** What is not listed: what the host has no more room to say included. */
function restWords(listed: readonly EntryChange[], { changes, counts }: PutFinding): string {
  const made = counts.new - listed.filter(({ change }) => change === 'new').length
  const changed = counts.changed - listed.filter(({ change }) => change !== 'new').length
  if (made + changed <= 0) return ''
  const kinds = [...(made > 0 ? [`${made} new`] : []), ...(changed > 0 ? [`${changed} changed`] : [])]
  const hint = listed.length < changes.length ? ' (-v shows them)' : ''
  return `… and ${count(made + changed, 'more entry', 'more entries')}, ${kinds.join(' and ')}${hint}`
}
