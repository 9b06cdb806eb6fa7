import type { Failure } from '../model/errors.ts'
import { LIMITS } from '../model/limits.ts'
import type { Exec, ExecEnd, ExecRequest } from '../transport/transport.ts'
import { createCapture } from './capture.ts'
import { type Deadline, execUntil } from './deadline.ts'
import { lastLine } from './last-line.ts'
import { createLineReader } from './line-reader.ts'
import { brokenOff, CANCELLED, type Ending, failed } from './result.ts'
import { StallWatch } from './stall.ts'
import type { StepContext } from './step.ts'

/** A script that starts with `prologue(mark)`, and its standard input. */
export interface Script {
  readonly mark: string
  readonly text: string
  readonly stdin: ExecRequest['stdin']
  /** The action's. */
  readonly become: ExecRequest['become'] | undefined
}

/** Sends the streamed input of a script; `stopped` turns true when the script wants no more of it. */
export type Send = (
  write: (chunk: Buffer) => Promise<void>,
  stopped: () => boolean,
) => Promise<Failure | undefined>

export interface Talk {
  /** `need`: only once the script has reported that. `size`: about how many bytes that is, for people. */
  readonly send?: { readonly when: 'at once' | 'need'; readonly content: Send; readonly size: number }
  readonly onReport?: (word: string, rest: string) => void
  /** Lines between reports: what a tool of the host printed. */
  readonly onLine?: (line: string) => void
}

/** No script of ours says more than this; a host that does is stopped. In bytes. */
const MOST_OUTPUT = 64 << 20

/** What the script reported at its end, with the last line that a tool of the host said; or why it had no end. */
export type Answer =
  | { readonly kind: 'done'; readonly word: string; readonly rest: string; readonly words: string }
  | { readonly kind: 'broken'; readonly ending: Ending }

/** Runs a script of ours that tells what it does by lines `<mark> <word> <rest>`. */
export async function talk(
  script: Script,
  { send, onReport, onLine }: Talk,
  context: StepContext,
  deadline: Deadline,
): Promise<Answer> {
  if (context.signal.aborted) return broken(CANCELLED)
  const stderr = createCapture({ head: 0, tail: LIMITS.capturedTail })
  const { mark, text, stdin, become } = script
  let done: string | undefined
  let over = false
  let sending: Promise<Failure | undefined> | undefined
  const start = () => {
    if (send !== undefined) sending ??= sendAll(exec, send.content, stall, () => over)
  }
  const hear = (word: string, rest: string) => {
    if (word === 'need') start()
    else if (word === 'done') done ??= rest
    else onReport?.(word, rest)
    if (word !== 'done') return
    over = true
    stall.end()
    exec.end()
  }
  const read = reportReader(mark, hear, onLine)
  let received = 0
  const onStdout = (chunk: Buffer) => {
    received += chunk.length
    if (received <= MOST_OUTPUT) read(chunk)
    else exec.stop('now')
  }
  const request = { script: text, env: [], stdin, ...(become && { become }) }
  const stall = new StallWatch(context, () => exec.stop('timeout'))
  const handlers = { onStdout, onStderr: (chunk: Buffer) => stderr.add(chunk) }
  const exec = execUntil(deadline, context, request, handlers, () => stall.end())
  if (send?.when === 'at once') start()
  const end = await exec.done
  over = true
  stall.end()
  const unsent = await sending
  if (unsent !== undefined) return broken({ outcome: 'failed', failure: unsent })
  const words = lastLine(stderr.text())
  // What the script reported is known, also when the link broke right after it.
  if (done !== undefined) return { kind: 'done', ...firstWord(done), words }
  // What had not arrived as a whole by then was not moved into its place, and will not be.
  if (stall.stalled) return broken(stall.ending('sent', send?.size))
  if (received > MOST_OUTPUT && isOver(end)) return broken(endedEarly('it sent far too much'))
  return broken(
    end.kind === 'exit' ? endedEarly(words || `exit status ${end.code}`) : brokenOff(end, deadline.timeoutMs),
  )
}

function broken(ending: Ending): Answer {
  return { kind: 'broken', ending }
}

function isOver(end: ExecEnd): boolean {
  return end.kind === 'exit' || (end.kind === 'stopped' && end.confirmed)
}

function firstWord(text: string): { readonly word: string; readonly rest: string } {
  const [word = '', ...rest] = text.split(' ')
  return { word, rest: rest.join(' ') }
}

function endedEarly(words: string): Ending {
  return failed('remote_shell', `the host did not run drover's script to its end: ${words}`)
}

async function sendAll(
  exec: Exec,
  content: Send,
  stall: StallWatch,
  stopped: () => boolean,
): Promise<Failure | undefined> {
  try {
    return await content(chunk => stall.send(chunk, piece => exec.write(piece)), stopped)
  } finally {
    stall.end()
    exec.end()
  }
}

/** Lines before the first report (a banner, say) are passed over. */
function reportReader(
  mark: string,
  onReport: (word: string, rest: string) => void,
  onLine: ((line: string) => void) | undefined,
): (chunk: Buffer) => void {
  let begun = false
  return createLineReader(line => {
    if (!line.startsWith(`${mark} `)) {
      if (begun) onLine?.(line)
      return
    }
    begun = true
    const { word, rest } = firstWord(line.slice(mark.length + 1))
    onReport(word, rest)
  })
}
