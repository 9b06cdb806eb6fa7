import type { Diff, EntryChange } from '../../model/finding.ts'
import { count } from '../../model/quantity.ts'
import type { Paint } from '../paint.ts'
import type { Shown } from './shown.ts'

/** Of a shortened diff, a longer line is cut: a file may be a single one. */
const LINE_LENGTH = 400

/** Lines that a diff takes away and adds. */
export interface DiffSize {
  readonly added: number
  readonly removed: number
}

export function diffSize(text: string): DiffSize {
  const lines = text.split('\n')
  const starting = (sign: string) => lines.filter(line => line.startsWith(sign)).length
  return { added: starting('+'), removed: starting('-') }
}

/** How many lines of differences are shown: in all, and of a new file, which is nothing but its content. */
export interface DiffRoom {
  readonly diff: number
  readonly fresh: number
}

/** What is shown of a change's difference, and in how many lines at most; `left` are those that there is room for. */
export function differenceOf(
  { change, diff }: EntryChange,
  left: number,
  { fresh }: DiffRoom,
): { readonly text: string; readonly most: number } | undefined {
  if (diff?.kind !== 'text' || diff.text === '' || left <= 0) return undefined
  if (change !== 'new') return { text: diff.text, most: left }
  // All of it is new: where it stands needs no heading.
  return { text: diff.text.replace(/^@@.*\n/, ''), most: Math.min(left, fresh) }
}

/** The first lines of a diff's hunks, escaped, and how many there are more. */
export function cutDiff(
  text: string,
  most: number,
  shown: Shown,
): { readonly lines: readonly string[]; readonly more: number } {
  const lines = shown(text.replace(/\n$/, ''), 'lines').split('\n')
  if (most === Number.POSITIVE_INFINITY) return { lines, more: 0 }
  const kept = lines.length > most + 1 ? lines.slice(0, most) : lines
  return { lines: kept.map(cutLine), more: lines.length - kept.length }
}

function cutLine(line: string): string {
  const more = line.length - LINE_LENGTH
  return more <= 0 ? line : `${line.slice(0, LINE_LENGTH)}… (${count(more, 'more character')})`
}

/** The same for a terminal: coloured, and with a line that says what is left out. */
export function diffLines(text: string, most: number, paint: Paint, shown: Shown): string[] {
  const { lines, more } = cutDiff(text, most, shown)
  return [
    ...lines.map(line => `${paint('dim', '│')} ${painted(line, paint)}`),
    ...(more > 0 ? [paint('dim', `│ … ${count(more, 'more line')} (-v shows all)`)] : []),
  ]
}

function painted(line: string, paint: Paint): string {
  if (line.startsWith('+')) return paint('green', line)
  if (line.startsWith('-')) return paint('red', line)
  if (line.startsWith('@@')) return paint('cyan', line)
  return line.startsWith('\\') ? paint('dim', line) : line
}

/** Why a content's difference is not shown, to stand before its sizes; empty where there is nothing to say. */
export function noDiffWords(because: Extract<Diff, { kind: 'none' }>['because']): string {
  switch (because) {
    case 'binary':
      return 'binary'
    case 'size':
      return 'too large for a diff'
    case 'unreadable':
      return 'not readable here'
    case 'secret':
      return 'holds secrets, not shown'
    case 'many':
      return ''
  }
}
