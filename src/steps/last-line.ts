import type { Captured } from '../model/outcome.ts'

/** More of a line than this says nothing to a person who reads a message. In UTF-16 units. */
const LONGEST = 300

/** The last line of output that holds anything: where tools say why they failed. */
export function lastLine({ head, tail }: Captured): string {
  const text = (tail === '' ? head : tail).trimEnd()
  const line = text.slice(text.lastIndexOf('\n') + 1).trim()
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line
}
