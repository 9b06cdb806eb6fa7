import { GatheredBytes } from '../gathered-bytes.ts'

/** What a host reported, with the bytes that followed it. */
export interface LoggedRecord {
  readonly word: string
  readonly rest: string
  readonly content: Buffer
}

/** What a record counts besides its text. In bytes. */
const RECORD = 20

/** Keeps the records of a question, and of their contents no more than `limit` bytes in all. */
export class RecordLog {
  readonly #limit: number
  readonly #records: { word: string; rest: string; bytes: GatheredBytes }[] = []
  #size = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  record(word: string, rest: string): void {
    this.#size += RECORD + word.length + rest.length
    if (!this.overfull) this.#records.push({ word, rest, bytes: new GatheredBytes() })
  }

  content(chunk: Buffer): void {
    this.#size += chunk.length
    if (!this.overfull) this.#records.at(-1)?.bytes.add(chunk)
  }

  /** Then what came last is not here. */
  get overfull(): boolean {
    return this.#size > this.#limit
  }

  get records(): readonly LoggedRecord[] {
    return this.#records.map(({ word, rest, bytes }) => ({ word, rest, content: bytes.bytes() }))
  }

  /** The first record with that word. */
  find(word: string): LoggedRecord | undefined {
    const found = this.#records.find(record => record.word === word)
    return found && { word, rest: found.rest, content: found.bytes.bytes() }
  }
}
