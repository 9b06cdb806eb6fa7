import { EVENT_VERSION, type Fields, publicEvents } from '../events/public-events.ts'
import { safeJson } from '../events/safe-json.ts'
import type { RunEvent } from '../model/event.ts'
import type { Captured } from '../model/outcome.ts'
import type { Plan } from '../model/plan.ts'
import type { Mask } from '../plan/codec/codec.ts'
import { actionDigest } from '../plan/digest.ts'
import type { Bases } from '../plan/local-paths.ts'
import { sealedLine } from './line.ts'
import { type RunRecord, runRecord } from './run-record.ts'

/** What lines need to know of the run that they are of. */
export interface LineContext {
  readonly plan: Plan
  readonly run: string
  readonly bases: Bases
  /** For what the run is made of: events are masked before they come here. */
  readonly mask: Mask
}

/**
 * The lines of an event: those that `--format json` prints, sealed, with what a later run needs besides.
 * @param seq the number of the first one
 */
export function eventLines(event: RunEvent, seq: number, context: LineContext): string[] {
  const { run } = context
  const time = new Date(event.at).toISOString()
  return journalEvents(event, context).map(([name, fields], at) =>
    sealedLine({ v: EVENT_VERSION, seq: seq + at, time, event: name, run, ...fields }),
  )
}

/** The line that tells what a run is made of; it follows those of `run_started`. */
export function recordLine(record: RunRecord, at: number, seq: number, { run, mask }: LineContext): string {
  const fields = runRecord.write(record, mask) as Fields
  const time = new Date(at).toISOString()
  return sealedLine({ v: EVENT_VERSION, seq, time, event: 'run_recorded', run, ...fields })
}

/**
 * A line of the output's file.
 * @param after the number of the last line of the journal that came before
 */
export function outputLine(
  { at, step, host, stream, text }: Extract<RunEvent, { kind: 'node_output' }>,
  after: number,
  plan: Plan,
): string {
  const names = { step: plan.steps[step]?.id, host: plan.hosts[host]?.name }
  return `${safeJson({ after, at, ...names, stream, text })}\n`
}

/** The last line of the output's file, where there was too much of it to keep. */
export function outputEnd(after: number): string {
  return `${safeJson({ after, dropped: true })}\n`
}

function journalEvents(
  event: RunEvent,
  { plan, bases, mask }: LineContext,
): readonly (readonly [name: string, fields: Fields])[] {
  if (event.kind === 'node_sent') {
    const names = { step: plan.steps[event.step]?.id, host: plan.hosts[event.host]?.name }
    // From the digest of a script with a short secret that could be guessed.
    return [[event.kind, { ...names, action: actionDigest(event.action, bases, mask) }]]
  }
  const events = publicEvents(event, plan)
  if (event.kind !== 'node_finished' || event.result === undefined) return events
  const { stdout, stderr } = event.result
  return events.map(([name, fields]) => [name, { ...fields, stdout: sizeOf(stdout), stderr: sizeOf(stderr) }])
}

function sizeOf({ bytes, truncated, masked }: Captured): Fields | undefined {
  if (bytes === 0 && !truncated) return undefined
  return { bytes, ...(truncated ? { truncated } : {}), ...(masked ? { masked } : {}) }
}
