import { textWidth } from './width.ts'

/** What is not broken: a word, and an expression with all that touches it. */
const WORD = /(?:\$\{\{.*?\}\}|\S)+/g

/** Breaks an escaped text at its spaces so that no line is wider than `columns`, unless a single word is. */
export function wrapText(text: string, columns: number): string[] {
  const lines: string[] = []
  let line = ''
  let width = 0
  for (const [word] of text.matchAll(WORD)) {
    const wide = textWidth(word)
    if (line !== '' && width + 1 + wide > columns) {
      lines.push(line)
      line = word
      width = wide
    } else {
      line += line === '' ? word : ` ${word}`
      width = textWidth(line)
    }
  }
  return [...lines, line]
}
