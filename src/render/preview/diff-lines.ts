import type { Diff } from '../../model/finding.ts'
import { count } from '../../model/quantity.ts'
import type { Paint } from '../paint.ts'
import type { Shown } from './shown.ts'

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

/** A diff's hunks in lines, coloured; at most `most` of them, and a line that says how many there are more. */
export function diffLines(text: string, most: number, paint: Paint, shown: Shown): string[] {
  const lines = shown(text.replace(/\n$/, ''), 'lines').split('\n')
  const kept = lines.length > most + 1 ? lines.slice(0, most) : lines
  const more = lines.length - kept.length
  return [
    ...kept.map(line => `${paint('dim', '│')} ${painted(line, paint)}`),
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
    case 'many':
      return ''
  }
}
