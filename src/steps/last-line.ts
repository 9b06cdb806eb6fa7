import type { Captured } from '../model/outcome.ts'

/** More of a line than this says nothing to a person who reads a message. In UTF-16 units. */
const LONGEST = 300

/** What tools say last without saying anything. */
const EMPTY_WORDS = /^\s*$|^tar: (Exiting with failure status|Error exit delayed|Error is not recoverable)/

/** The last line of output that says something: where tools tell why they failed. */
export function lastLine({ head, tail }: Captured): string {
  const lines = (tail === '' ? head : tail).split('\n')
  const line = lines.findLast(text => !EMPTY_WORDS.test(text))?.trim() ?? ''
  return line.length > LONGEST ? `${line.slice(0, LONGEST).toWellFormed()}…` : line
}
