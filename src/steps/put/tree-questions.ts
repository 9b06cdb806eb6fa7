import { quoteWord } from '../shell-words.ts'
import type { TreeEntry } from './local-tree.ts'

/** One line of the program that the probe script runs, and what it asks about. */
export interface Question {
  readonly command: 'folders' | 'many' | 'one' | 'link'
  readonly entries: readonly TreeEntry[]
}

/** Names that garble no line of ls or a digest tool: printable ASCII without a backslash. */
const PLAIN = /^[ -[\]-~]+$/

/** As many names as go to one process: far below what the arguments of a process may have. */
const BATCH = 100

export function questionsFor(entries: readonly TreeEntry[]): readonly Question[] {
  const of = (kind: TreeEntry['kind']) => entries.filter(entry => entry.kind === kind)
  const plain = of('file').filter(entry => PLAIN.test(entry.path))
  const odd = of('file').filter(entry => !PLAIN.test(entry.path))
  return [
    ...batches(of('folder')).map(batch => ({ command: 'folders', entries: batch }) as const),
    ...batches(plain).map(batch => ({ command: 'many', entries: batch }) as const),
    ...odd.map(entry => ({ command: 'one', entries: [entry] }) as const),
    ...of('link').map(entry => ({ command: 'link', entries: [entry] }) as const),
  ]
}

export function batches<T>(items: readonly T[], size: number = BATCH): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) =>
    items.slice(i * size, (i + 1) * size),
  )
}

export function questionLine({ command, entries }: Question): string {
  const words = entries.flatMap(entry => [
    quoteWord(`./${entry.path}`),
    ...(entry.kind === 'link' ? [quoteWord(entry.target)] : []),
  ])
  return `${command} ${words.join(' ')}\n`
}
