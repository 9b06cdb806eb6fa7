import { Writable } from 'node:stream'
import type { RunEvent, RunListener } from '../model/event.ts'
import { escapeText } from './escape.ts'
import { createLinesRenderer } from './lines.ts'
import type { RunRendererOptions } from './run/renderer.ts'

export interface LogOptions extends Pick<RunRendererOptions, 'shape' | 'time' | 'resume'> {
  /** Takes whole lines, at once. */
  readonly append: (text: string) => void
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** What each piece of whole lines passes through before it is written: secrets are taken out, and what a CI would obey. */
  readonly cleaned?: ((text: string) => string) | undefined
}

/** `--log`: all that plain lines with `-vv` say of a run, without colours, with the time before each. */
export function createLogRenderer(options: LogOptions): RunListener {
  const { append, now, shape, time, resume, cleaned = same } = options
  const stream = new Writable({
    decodeStrings: false,
    write: (text: string, _, done) => {
      append(cleaned(stamped(text, now())))
      done()
    },
  })
  const lines = createLinesRenderer({
    ...{ stdout: stream, stderr: stream, shape, time, resume },
    color: { stdout: false, stderr: false },
    verbosity: 2,
  })
  return event => {
    if (event.kind === 'run_started') stream.write(headOf(event))
    return lines(event)
  }
}

const same = (text: string) => text

/** Runs follow each other in a file. */
function headOf({ run, plan }: RunEvent & { kind: 'run_started' }): string {
  return `── run ${escapeText(run)}: ${escapeText(plan.name)} (${escapeText(plan.file)}) ──\n`
}

/** @param text whole lines */
function stamped(text: string, at: number): string {
  const time = new Date(at).toISOString()
  return text
    .replace(/\n$/, '')
    .split('\n')
    .map(line => `${line === '' ? time : `${time} ${line}`}\n`)
    .join('')
}
