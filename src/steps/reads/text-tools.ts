import { ofKnown, type Reader } from './command-reads.ts'
import type { Text } from './shell-text.ts'

const GREP_LONG =
  /^--(?:quiet|silent|ignore-case|extended-regexp|fixed-strings|line-regexp|word-regexp|count|invert-match|no-messages)$/
const GREP_SHORT = /^-(?:[EFGPivwxcqslhHnobzaL]+|[mABC]?\d+)$/
/** Its last letter says that the next word is a pattern, a file of patterns, or a number. */
const GREP_WITH_VALUE = /^-[EFGPivwxcqslhHnobzaL]*[efmABC]$/

/** Files and, with `-f`, patterns in a file; of the pattern itself it is enough that it is one. */
export const GREP: Reader = args => {
  const end = args.indexOf('--')
  const taken = grepFiles(end === -1 ? args : args.slice(0, end))
  if (taken === undefined) return 'anything'
  const files = [...taken.files, ...(end === -1 ? [] : args.slice(end + 1))]
  const operands = taken.hasPattern ? files : files.slice(1)
  const known = operands.filter(word => word !== undefined)
  if (known.length < operands.length) return 'anything'
  return { paths: known.filter(word => word !== '' && word !== '-') }
}

/** Of the words before `--`, those that may name files or be the pattern; undefined where one could be any option. */
function grepFiles(words: readonly Text[]) {
  const files: Text[] = []
  let hasPattern = false
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at]
    if (word === undefined) return undefined
    // Not every grep takes options after that.
    const isLate = files.length > 0
    if (isLate || !/^-./.test(word)) files.push(word)
    if (GREP_WITH_VALUE.test(word)) {
      at += 1
      hasPattern ||= /[ef]$/.test(word)
      if (isLate || !word.endsWith('e')) files.push(words[at] ?? '')
    } else if (/^-./.test(word) && !GREP_SHORT.test(word) && !GREP_LONG.test(word)) return undefined
  }
  return { files, hasPattern }
}

/** Scripts of sed that print, delete or substitute, and can neither read, write nor run. */
const SED_SCRIPT = /^(?:(?:\d+|\$|\d+,(?:\d+|\$)|\/[^/\\\n]*\/)?[pqd]|s\/[^/\\\n]*\/[^/\\\n]*\/[gp\d]*)$/

export const SED: Reader = ofKnown(args => {
  const options = args.filter(word => word.startsWith('-'))
  const [script = '', ...files] = args.filter(word => !word.startsWith('-'))
  const plain = options.every(word => /^-[nEr]+$/.test(word)) && SED_SCRIPT.test(script)
  return plain ? { paths: files } : 'anything'
})

/** What in a program could name a file, run a command or ask for the time zone; `|` in an expression, too. */
const AWK_REACHES = /\b(?:system|ARGV|ARGC|SYMTAB|strftime|mktime|getline\b(?=[\s\S]*<))\b|@|(?<!\|)\|(?!\|)/

export const AWK: Reader = args => {
  let at = 0
  for (; (args[at] ?? '').startsWith('-') && args[at] !== '-'; at += 1) {
    if (args[at] === '--') return awkProgram(args.slice(at + 1))
    if (/^-[Fv]$/.test(args[at] ?? '')) at += 1
    else if (!/^-F/.test(args[at] ?? '')) return 'anything'
  }
  return awkProgram(args.slice(at))
}

const awkProgram = ofKnown(([program = '', ...files]) => {
  if (AWK_REACHES.test(program)) return 'anything'
  return { paths: files.filter(word => word !== '' && word !== '-') }
})
