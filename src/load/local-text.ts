import type { Text } from '../model/playbook.ts'
import type { Problem } from '../model/problem.ts'
import { readText } from './read-text.ts'
import { linedText, placeAt } from './yaml/source.ts'

export type LocalText =
  | { readonly kind: 'text'; readonly text: Text }
  /** The problem has a place only where it is one in that file. */
  | { readonly kind: 'unreadable'; readonly problem: Problem }

/**
 * Reads a text file that a playbook names (a template, `file()`): UTF-8, without a BOM, line ends as they are.
 * @param path absolute
 * @param shownAs how problems name it
 * @param limit in bytes
 */
export function readLocalText(path: string, shownAs: string, limit: number): LocalText {
  const read = readText(path, { shownAs, limit })
  if (read.kind === 'unreadable') return read
  const source = linedText(shownAs, read.text)
  const at = (offset: number, length: number) => placeAt(source, offset, offset + length)
  return { kind: 'text', text: { value: read.text, where: at(0, 1), at } }
}
