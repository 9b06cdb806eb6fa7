import { crc32 } from 'node:zlib'
import { safeJson } from '../events/safe-json.ts'

/** A line that was read: what it says, or that it is not as it was written. */
export type OpenedLine =
  | { readonly kind: 'record'; readonly record: JournalRecord }
  | { readonly kind: 'damaged' }

export type JournalRecord = Readonly<Record<string, unknown>>

/** One line of a journal, with a line end: an object in JSON whose last key is the CRC-32 of what stands before it. */
export function sealedLine(record: JournalRecord): string {
  const body = safeJson(record).slice(0, -1)
  return `${body},"crc":"${checksumOf(body)}"}\n`
}

const ENDING = /^(.*),"crc":"([0-9a-f]{8})"\}$/s

/** Reads a line, given without its line end. */
export function openLine(line: string): OpenedLine {
  const [, body, checksum] = ENDING.exec(line) ?? []
  if (body === undefined || checksumOf(body) !== checksum) return { kind: 'damaged' }
  return { kind: 'record', record: JSON.parse(`${body}}`) as JournalRecord }
}

function checksumOf(body: string): string {
  return crc32(body).toString(16).padStart(8, '0')
}
