import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { OUTPUT_FILE } from './folder.ts'

/** A piece of what a host printed, as it is kept. */
export interface OutputRecord {
  /** The number of the journal's line that came before it. */
  readonly after: number
  /** In ms since the epoch. */
  readonly at: number
  readonly step: string
  readonly host: string
  readonly stream: 'stdout' | 'stderr'
  readonly text: string
}

/**
 * The output of a run, in the order in which it came. A line that is torn or makes no sense is left out, and
 * so is what cannot be read: where there is no file, no output was kept.
 */
export async function* readOutput(folder: string): AsyncGenerator<OutputRecord> {
  const input = createReadStream(join(folder, OUTPUT_FILE), 'utf8')
  try {
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      const record = parsed(line)
      if (record !== undefined) yield record
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error
  } finally {
    input.destroy()
  }
}

/** @returns undefined for what is no piece of output */
export function parsed(line: string): OutputRecord | undefined {
  try {
    const { after, at, step, host, stream, text } = JSON.parse(line)
    const isOutput =
      typeof at === 'number' &&
      typeof text === 'string' &&
      typeof step === 'string' &&
      typeof host === 'string'
    return isOutput && (stream === 'stdout' || stream === 'stderr')
      ? { after, at, step, host, stream, text }
      : undefined
  } catch {
    return undefined
  }
}
