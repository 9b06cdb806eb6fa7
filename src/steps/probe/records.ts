/** Cuts a host's answer into records; all that comes before the first one is passed over. */
export interface RecordReader {
  push(chunk: Buffer): void
  /** Nothing more will come. */
  end(): void
}

export interface RecordListener {
  readonly record: (word: string, rest: string) => void
  /** Bytes after a record and before the next one, as they come. */
  readonly content: (chunk: Buffer) => void
}

const NOTHING = Buffer.alloc(0)

/** A record's own line is shorter, or it is none of ours. */
const LONGEST = 1000

/**
 * A record is a line feed and a line `<mark> <word> <rest>`; what follows it, up to the line feed of the next one, are
 * bytes of any kind. `mark` is random, so that no content holds it.
 */
export function createRecordReader(mark: string, { record, content }: RecordListener): RecordReader {
  const start = Buffer.from(`\n${mark} `)
  let held: Buffer = NOTHING
  let inLine = false
  const passContent = () => {
    const at = held.indexOf(start)
    const end = at === -1 ? Math.max(0, held.length - start.length + 1) : at
    if (end > 0) content(held.subarray(0, end))
    held = held.subarray(at === -1 ? end : at + start.length)
    inLine = at !== -1
    return inLine
  }
  const takeLine = () => {
    const end = held.indexOf(10)
    inLine = end === -1 && held.length <= LONGEST
    if (end === -1) return !inLine
    const [word = '', ...rest] = held.toString('utf8', 0, end).split(' ')
    held = held.subarray(end + 1)
    record(word, rest.join(' '))
    return true
  }
  return {
    push(chunk) {
      held = held.length === 0 ? chunk : Buffer.concat([held, chunk])
      while (inLine ? takeLine() : passContent());
    },
    end() {
      if (!inLine && held.length > 0) content(held)
      held = NOTHING
    },
  }
}
