import type { CiWords } from './ci-words.ts'

/** Erases the line in a terminal, and is the sign by which GitLab knows a section. */
const ERASE = '\x1b[0K'

/**
 * Sections of GitLab's job logs. It obeys `section_start:TIME:NAME` only before CR and ESC, neither of which an escaped
 * text has.
 */
export function gitlabWords(): CiWords {
  return {
    harmless: text => text,
    group: ({ run, number, title, text, from, to }) => {
      const name = `drover_${run.replace(/[^\w.-]/g, '_')}_${number}`
      const start = `${ERASE}section_start:${seconds(from)}:${name}[collapsed=true]\r${ERASE}${title}\n`
      return `${start}${text}${ERASE}section_end:${seconds(to)}:${name}\r${ERASE}\n`
    },
    failures: () => '',
  }
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000)
}
