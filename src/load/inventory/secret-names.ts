const NAME = String.raw`(?<![\w.-])["']?(?:[\w.-]*(?:password|passwd|passphrase)|(?:[\w.-]*[_.-])?(?:pass|pwd))["']?`
/** `password = …` at the start of a line, the `=` perhaps forgotten: all of the rest may be the value. */
const WHOLE_LINE = new RegExp(String.raw`^(\s*${NAME}(?:\s*[=:]\s*|\s+))(\S.*)$`, 'i')
/** A word that begins with a quote, and may go on behind it. */
const QUOTED = String.raw`(?=["'])(?:"(?:[^"\\]|\\.)*"|'[^']*'|\\.|[^\s"'\\])+(?!\S)`
/** Inside a line: a quoted value, all of the rest where a quote is never closed, or what comes before the next assignment. */
const ASSIGNMENT = new RegExp(String.raw`(${NAME}\s*[=:]\s*)(${QUOTED}|["'].*$|.*?(?=\s+[\w.-]+=|$))`, 'gi')
/** Longer lines are nothing that a person reads. */
const LONGEST = 4096

/** A line of a file for people to see: passwords become as many asterisks, so that columns stay. */
export function withoutSecrets(line: string): string {
  const text = line.slice(0, LONGEST)
  if (!/pass|pwd/i.test(text)) return text
  return text.replace(WHOLE_LINE, hide).replace(ASSIGNMENT, hide)
}

/** A message that may quote a word such as `password=…`. */
export function withoutSecretWords(message: string): string {
  return message.slice(0, LONGEST).replace(ASSIGNMENT, hide)
}

function hide(_: string, before: string, value: string): string {
  return before + '*'.repeat(value.length)
}
