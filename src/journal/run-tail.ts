import { join } from 'node:path'
import type { RunEvent } from '../model/event.ts'
import { Malformed } from '../plan/codec/codec.ts'
import { EVENTS_FILE, OUTPUT_FILE } from './folder.ts'
import { GrowingLines } from './growing-lines.ts'
import type { JournalRecord } from './line.ts'
import { DamagedJournal, readLines } from './read-lines.ts'
import { type OutputRecord, parsed } from './read-output.ts'
import { refuseDamaged } from './read-run.ts'
import { Replay } from './replay.ts'

/** Tells a run again from its folder, output and all, also while another process is writing there. */
export class RunTail {
  readonly #id: string
  readonly #events: GrowingLines
  readonly #output: GrowingLines
  readonly #replay = new Replay()
  #pieces: OutputRecord[] = []
  #lines = 0
  #last: RunEvent | undefined

  /**
   * @param id of the run
   * @param folder the run's
   */
  constructor(id: string, folder: string) {
    this.#id = id
    this.#events = new GrowingLines(join(folder, EVENTS_FILE))
    this.#output = new GrowingLines(join(folder, OUTPUT_FILE))
  }

  /** How it ended, where the last thing that was read is its end. A run that goes on after that has another one. */
  get finished(): Extract<RunEvent, { kind: 'run_finished' }> | undefined {
    return this.#last?.kind === 'run_finished' ? this.#last : undefined
  }

  /** The last event that was read. */
  get last(): RunEvent | undefined {
    return this.#last
  }

  /**
   * What has come since the last time, in order. Little of it is in memory at once.
   * @throws ProblemsError where the journal is damaged
   */
  *read(): Generator<RunEvent> {
    for (let bytes = this.#events.next(); bytes.length > 0; bytes = this.#events.next()) {
      for (const record of this.#records(bytes)) {
        yield* this.#printed()
        const event = this.#take(record)
        if (event === undefined) continue
        this.#last = event
        yield event
      }
    }
    yield* this.#printed()
  }

  close(): void {
    this.#events.close()
    this.#output.close()
  }

  #records(bytes: Buffer): readonly JournalRecord[] {
    try {
      return readLines(bytes, this.#lines + 1).records
    } catch (error) {
      if (error instanceof DamagedJournal) return refuseDamaged(this.#id, error.message)
      throw error
    }
  }

  #take(record: JournalRecord): RunEvent | undefined {
    this.#lines += 1
    try {
      const replayed = this.#replay.take(record)
      return replayed.kind === 'event' || replayed.kind === 'begun' ? replayed.event : undefined
    } catch (error) {
      if (!(error instanceof Malformed)) throw error
      return refuseDamaged(this.#id, `line ${this.#lines} ${error.message}`)
    }
  }

  /** Output that came before the next line. It is written first: all of it is there when that line is. */
  *#printed(): Generator<RunEvent> {
    for (
      let piece = this.#piece();
      piece !== undefined && piece.after <= this.#lines;
      piece = this.#piece()
    ) {
      this.#pieces.shift()
      const node = this.#node(piece)
      const { at, stream, text } = piece
      if (node !== undefined) yield { kind: 'node_output', at, ...node, stream, text }
    }
  }

  /** The next piece, which stays. */
  #piece(): OutputRecord | undefined {
    while (this.#pieces.length === 0) {
      const bytes = this.#output.next()
      if (bytes.length === 0) return undefined
      this.#pieces = bytes
        .toString('utf8')
        .split('\n')
        .flatMap(line => parsed(line) ?? [])
    }
    return this.#pieces[0]
  }

  #node({ step, host }: OutputRecord): { readonly step: number; readonly host: number } | undefined {
    try {
      return this.#replay.node({ step, host })
    } catch (error) {
      if (error instanceof Malformed) return undefined
      throw error
    }
  }
}
