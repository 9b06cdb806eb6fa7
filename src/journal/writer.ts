import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import type { Failure } from '../model/errors.ts'
import type { RunEvent } from '../model/event.ts'
import type { Journal } from '../model/journal.ts'
import { LIMITS } from '../model/limits.ts'
import { eventLines, type LineContext, outputEnd, outputLine, recordLine } from './event-lines.ts'
import { EVENTS_FILE, OUTPUT_FILE } from './folder.ts'
import type { RunRecord } from './run-record.ts'

export interface WriterOptions extends LineContext {
  /** The run's folder. */
  readonly folder: string
  readonly record: RunRecord
  /** How many lines the journal has, when the run goes on. */
  readonly lines?: number
  /** Bytes of output that are kept; LIMITS.keptRunOutput where absent. */
  readonly quota?: number
}

/** @throws NodeJS.ErrnoException when the files cannot be opened */
export async function openJournal(options: WriterOptions): Promise<RunJournal> {
  // Two runs with one id would damage the journal of the first.
  const flags = options.lines === undefined ? 'ax' : 'a'
  const events = await open(join(options.folder, EVENTS_FILE), flags, 0o600)
  try {
    return new RunJournal(options, events, await open(join(options.folder, OUTPUT_FILE), 'a', 0o600))
  } catch (error) {
    await events.close()
    throw error
  }
}

/** Writes what happens in a run to its folder: events to one file, what hosts print to another one. */
export class RunJournal implements Journal {
  readonly #options: WriterOptions
  readonly #events: FileHandle
  readonly #output: FileHandle
  #eventText = ''
  #outputText = ''
  #lines: number
  #quota: number
  #failure: Failure | undefined

  constructor(options: WriterOptions, events: FileHandle, output: FileHandle) {
    this.#options = options
    this.#events = events
    this.#output = output
    this.#lines = options.lines ?? 0
    this.#quota = options.quota ?? LIMITS.keptRunOutput
  }

  append(event: RunEvent): void {
    if (event.kind === 'node_output') this.#keep(event)
    else this.#add(eventLines(event, this.#lines + 1, this.#options))
    if (event.kind === 'run_started')
      this.#add([recordLine(this.#options.record, event.at, this.#lines + 1, this.#options)])
  }

  async commit(sync: boolean): Promise<Failure | undefined> {
    if (this.#failure !== undefined) return this.#failure
    const [output, events] = [this.#outputText, this.#eventText]
    this.#outputText = ''
    this.#eventText = ''
    try {
      // A reader that sees an event finds the output that came before it.
      if (output !== '') await writeAll(this.#output, output)
      if (events !== '') await writeAll(this.#events, events)
      if (sync) await this.#events.datasync()
    } catch (error) {
      this.#failure = failureOf(error as NodeJS.ErrnoException)
    }
    return this.#failure
  }

  async close(): Promise<void> {
    await this.commit(true)
    await Promise.allSettled([this.#events.close(), this.#output.close()])
  }

  #add(lines: readonly string[]): void {
    this.#lines += lines.length
    for (const line of lines) this.#eventText += line
  }

  #keep(event: Extract<RunEvent, { kind: 'node_output' }>): void {
    const { plan } = this.#options
    if (this.#quota < 0 || plan.steps[event.step]?.hidden) return
    const line = outputLine(event, this.#lines, plan)
    this.#quota -= Buffer.byteLength(line)
    this.#outputText += this.#quota < 0 ? outputEnd(this.#lines) : line
  }
}

async function writeAll(file: FileHandle, text: string): Promise<void> {
  const bytes = Buffer.from(text)
  for (let done = 0; done < bytes.length; ) done += (await file.write(bytes, done)).bytesWritten
}

function failureOf({ code, message }: NodeJS.ErrnoException): Failure {
  const reason = code === undefined ? message : (REASONS[code] ?? code)
  return {
    code: 'journal',
    message: `what happens cannot be recorded in .drover/runs: ${reason}`,
    hint: 'nothing new is started; mend it, then go on with drover resume',
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'there is no space left on the disk',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the file system is read-only',
  EIO: 'the disk has an error (EIO)',
  EFBIG: 'the file would be larger than is allowed (ulimit -f)',
}
