import { type JournalRecord, openLine } from './line.ts'

/** What a journal's file holds. */
export interface JournalLines {
  readonly records: readonly JournalRecord[]
  /** Bytes of the lines that are whole: what follows was being written when drover or the machine was stopped. */
  readonly wholeBytes: number
  readonly torn: boolean
}

/** A journal that is not as drover wrote it; `line` counts from 1. */
export class DamagedJournal extends Error {
  readonly line: number

  constructor(line: number, what: string) {
    super(`line ${line} ${what}`)
    this.line = line
  }
}

/**
 * The lines of a journal. A crash can leave the last one torn; any other damage is reported.
 * @param first the number of the first line in `bytes`, from 1
 * @throws DamagedJournal
 */
export function readLines(bytes: Buffer, first = 1): JournalLines {
  const records: JournalRecord[] = []
  let at = 0
  while (at < bytes.length) {
    const end = bytes.indexOf(0x0a, at)
    if (end < 0) return { records, wholeBytes: at, torn: true }
    const opened = openLine(bytes.toString('utf8', at, end))
    const number = first + records.length
    if (opened.kind === 'damaged')
      throw new DamagedJournal(number, 'is not as it was written (its checksum is another one)')
    if (opened.record.seq !== number)
      throw new DamagedJournal(number, `has the number ${String(opened.record.seq)}`)
    records.push(opened.record)
    at = end + 1
  }
  return { records, wholeBytes: at, torn: false }
}
