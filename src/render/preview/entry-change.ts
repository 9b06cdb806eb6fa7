import type { EntryChange, FileState } from '../../model/finding.ts'
import { formatBytes } from '../../model/quantity.ts'
import { diffSize, noDiffWords } from './diff-lines.ts'
import type { Shown } from './shown.ts'

/** What becomes of a file, folder or link: `content 1.2 kB → 1.3 kB, +3 −1, mode 0644 → 0600`. */
export function changeWords(change: EntryChange, shown: Shown): string {
  const words = change.change === 'new' ? newWords(change) : changedWords(change)
  return words.map(word => shown(word)).join(', ')
}

function newWords({ type, after }: EntryChange): string[] {
  return [
    type === 'file' ? 'new' : `new ${type}`,
    ...sizeOrTarget(after),
    ...(after.mode === undefined ? [] : [`mode ${after.mode}`]),
    ...(after.owner === undefined ? [] : [`owner ${after.owner}`]),
    ...(after.group === undefined ? [] : [`group ${after.group}`]),
  ]
}

function changedWords(change: EntryChange): string[] {
  const { type, before = {}, after } = change
  const attributes = [
    ...(type === 'link' ? [] : step('mode', before.mode, after.mode)),
    ...step('owner', before.owner, after.owner),
    ...step('group', before.group, after.group),
  ]
  switch (change.change) {
    case 'attributes':
      return attributes.length === 0 ? ['attributes'] : attributes
    case 'replaced': {
      const was = before.target === undefined ? 'of another type' : `a link to ${before.target}`
      return [`becomes a ${type}, now ${was}`, ...sizeOrTarget(after), ...attributes]
    }
    default:
      return type === 'link'
        ? step('link', before.target, after.target)
        : [...contentWords(change), ...attributes]
  }
}

function contentWords({ before, after, diff }: EntryChange): string[] {
  const size = diff?.kind === 'text' ? diffSize(diff.text) : undefined
  const lead = diff?.kind === 'none' ? noDiffWords(diff.because) : ''
  return [
    ...(lead === '' ? [] : [lead]),
    `${lead === '' ? 'content ' : ''}${span(before?.size, after.size)}`.trimEnd(),
    ...(size === undefined ? [] : [`+${size.added} −${size.removed}`]),
  ]
}

/** Sizes that read the same say nothing of a difference. */
function span(before: number | undefined, after: number | undefined): string {
  if (after === undefined) return ''
  const [from, to] = [before === undefined ? '' : formatBytes(before), formatBytes(after)]
  return from === '' || from === to ? to : `${from} → ${to}`
}

function sizeOrTarget({ size, target }: FileState): string[] {
  if (target !== undefined) return [`to ${target}`]
  return size === undefined ? [] : [formatBytes(size)]
}

function step(label: string, before: string | undefined, after: string | undefined): string[] {
  if (after === undefined || before === after) return []
  return [before === undefined ? `${label} ${after}` : `${label} ${before} → ${after}`]
}
