import type { PutFinding } from '../../model/finding.ts'
import type { PlanStep } from '../../model/plan.ts'
import type { NodePreview } from '../../model/preview.ts'
import { count } from '../../model/quantity.ts'
import { escapeText } from '../escape.ts'
import { cutDiff, differenceOf } from './diff-lines.ts'
import { changeWords } from './entry-change.ts'
import { type GroupTextOptions, groupDetails, verdictWords } from './group-text.ts'
import { code, fenced, html, prose } from './markdown-text.ts'
import { countStandings, countWords } from './standing.ts'
import { foremost, type VerdictGroup } from './verdict-groups.ts'

export interface MarkdownDetailOptions extends GroupTextOptions {
  /** Hosts in words, as code. */
  readonly hosts: (group: VerdictGroup) => string
  /** So many different verdicts of a step are shown. */
  readonly ways: number
}

/** A step that changes something, folded away: its hosts and what they would get. */
export function stepDetails(
  step: PlanStep,
  groups: readonly VerdictGroup[],
  options: MarkdownDetailOptions,
): string {
  const { shown, rest } = foremost(groups, options.ways)
  const summary = `<code>${html(escapeText(step.id))}</code>: ${countWords(countStandings(groups))}`
  return [
    `<details>\n<summary>${summary}</summary>`,
    ...shown.map(group => groupBlock(group, step, options)),
    ...(rest.length === 0
      ? []
      : [`… and ${count(rest.length, 'other way')}: ${countWords(countStandings(rest))}`]),
    '</details>',
  ].join('\n\n')
}

function groupBlock(group: VerdictGroup, step: PlanStep, options: MarkdownDetailOptions): string {
  const { finding } = group.nodes[0] as NodePreview
  const words = verdictWords(group, options)
  const head = words === '' ? options.hosts(group) : `${options.hosts(group)}: ${prose(words)}`
  if (group.standing === 'change' && finding?.kind === 'put')
    return `${head}\n\n${joined(putBlocks(finding, options))}`
  const details = groupDetails(group, step, options)
  return details.length === 0 ? head : [head, fenced(details, 'text')].join('\n\n')
}

/** Entries are a list; a difference stands below its entry. */
function putBlocks(finding: PutFinding, { shown, diff, most }: MarkdownDetailOptions): string[] {
  const { changes, counts, missing, note } = finding
  const listed = changes.slice(0, most.entries)
  let left = most.diff
  const blocks = listed.flatMap(change => {
    const path = shown(change.type === 'folder' ? `${change.path}/` : change.path)
    const entry = `- ${code(path)} ${prose(changeWords(change, shown))}`
    const difference = diff ? differenceOf(change, left, most) : undefined
    if (difference === undefined) return [entry]
    const { lines, more } = cutDiff(difference.text, difference.most, shown)
    left -= lines.length
    return [entry, fenced([...lines, ...(more > 0 ? [`… ${count(more, 'more line')}`] : [])], 'diff')]
  })
  const rest = counts.new + counts.changed - listed.length
  return [
    ...(missing.length > 0 && finding.unlessMade === undefined
      ? [`- makes ${code(shown(missing.join(', ')))} first`]
      : []),
    ...blocks,
    ...(rest > 0 ? [`- … and ${count(rest, 'more entry', 'more entries')}`] : []),
    ...(counts.same > 1 ? [`- ${counts.same} left alone`] : []),
    ...(note === undefined ? [] : [`- ${prose(shown(note))}`]),
  ]
}

/** Items of a list stand close together. */
function joined(blocks: readonly string[]): string {
  return blocks.reduce((text, block, at) => {
    const isList = block.startsWith('- ') && blocks[at - 1]?.startsWith('- ') === true
    return at === 0 ? block : `${text}${isList ? '\n' : '\n\n'}${block}`
  }, '')
}
