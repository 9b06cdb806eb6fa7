import { EVENT_VERSION } from '../events/public-events.ts'
import { ERRORS, type Failure } from '../model/errors.ts'
import type { RunEvent, StopReason } from '../model/event.ts'
import type { GitFacts } from '../model/git.ts'
import { type Captured, NO_OUTPUT, type NodeResult, OUTCOMES, type Outcome } from '../model/outcome.ts'
import type { Plan } from '../model/plan.ts'
import { Malformed } from '../plan/codec/codec.ts'
import { restorePlan } from '../plan/restore-plan.ts'
import type { JournalRecord } from './line.ts'
import { type RunRecord, runRecord } from './run-record.ts'

/** What a line of a journal says. `sent`: `action` is the digest of what was sent. */
export type Replayed =
  | { readonly kind: 'event'; readonly event: RunEvent }
  | { readonly kind: 'begun'; readonly event: RunEvent; readonly record: RunRecord; readonly plan: Plan }
  | { readonly kind: 'sent'; readonly step: number; readonly host: number; readonly action: string }
  | { readonly kind: 'nothing' }

const NOTHING: Replayed = { kind: 'nothing' }

/**
 * Makes events of a journal's lines again, one after the other. Output comes from another file; results hold how much
 * of it there was.
 */
export class Replay {
  #started: JournalRecord = {}
  #plan: Plan | undefined
  #steps = new Map<unknown, number>()
  #hosts = new Map<unknown, number>()

  /** @throws Malformed where the line is of another drover, or makes no sense */
  take(record: JournalRecord): Replayed {
    if (record.v !== EVENT_VERSION)
      throw new Malformed(`has version ${String(record.v)}, and this drover reads only ${EVENT_VERSION}`)
    const at = Date.parse(String(record.time))
    switch (record.event) {
      case 'run_started':
        this.#started = record
        return NOTHING
      case 'plan_compiled':
        return NOTHING
      case 'run_recorded':
        return this.#begin(record, at)
      case 'node_sent':
        return { kind: 'sent', ...this.node(record), action: String(record.action) }
      default:
        return this.#told(record, at)
    }
  }

  #begin({ v: _, seq: __, time: ___, event: ____, run, ...fields }: JournalRecord, at: number): Replayed {
    const record = runRecord.read(fields)
    const plan = restorePlan(record.plan)
    this.#plan = plan
    this.#steps = new Map(plan.steps.map(({ id }, index) => [id, index]))
    this.#hosts = new Map(plan.hosts.map(({ name }, index) => [name, index]))
    const git = gitOf(this.#started.git)
    const event: RunEvent = {
      kind: 'run_started',
      at,
      run: String(run),
      plan,
      ...(git === undefined ? {} : { git }),
    }
    return { kind: 'begun', event, record, plan }
  }

  #told(record: JournalRecord, at: number): Replayed {
    if (this.#plan === undefined) throw new Malformed('comes before what the run is made of')
    const event = this.#event(record, at)
    return event === undefined ? NOTHING : { kind: 'event', event }
  }

  #event(record: JournalRecord, at: number): RunEvent | undefined {
    switch (record.event) {
      case 'host_connected':
        return { kind: 'host_connected', at, host: this.#host(record), ms: Number(record.duration_ms) }
      case 'host_unreachable':
        return { kind: 'host_unreachable', at, host: this.#host(record), failure: failureOf(record.failure) }
      case 'lock_taken':
        return { kind: 'lock_taken', at, host: this.#host(record), as: String(record.as) }
      case 'lock_waiting':
        return { kind: 'lock_waiting', at, host: this.#host(record), holder: String(record.holder) }
      case 'lock_missed':
        return { kind: 'lock_missed', at, host: this.#host(record), why: String(record.why) }
      case 'journal_failed':
        return { kind: 'journal_failed', at, failure: failureOf(record.failure) }
      case 'node_started':
        return { kind: 'node_started', at, ...this.node(record) }
      case 'node_retried':
        return {
          ...{ kind: 'node_retried', at, ...this.node(record), attempt: Number(record.attempt) },
          ms: Number(record.delay_ms),
          result: resultOf(record),
        }
      case 'node_finished':
        return this.#finished(record, at)
      case 'run_finished':
        return finishedRun(record, at)
      // A later drover of the same version may tell more.
      default:
        return undefined
    }
  }

  #finished(record: JournalRecord, at: number): RunEvent {
    const { cause, stopped } = record
    return {
      ...{ kind: 'node_finished', at, ...this.node(record), outcome: outcomeOf(record) },
      ...(record.duration_ms === undefined ? {} : { result: resultOf(record) }),
      ...(isRecord(cause) ? { cause: this.node(cause) } : {}),
      ...(stopped === true ? { stopped } : {}),
    }
  }

  /** The node of a line, by its names. @throws Malformed */
  node(record: JournalRecord): { readonly step: number; readonly host: number } {
    const step = this.#steps.get(record.step)
    if (step === undefined) throw new Malformed(`names a step that the run does not have`)
    return { step, host: this.#host(record) }
  }

  #host({ host: name }: JournalRecord): number {
    const host = this.#hosts.get(name)
    if (host === undefined) throw new Malformed('names a host that the run does not have')
    return host
  }
}

function finishedRun({ stopped, counts }: JournalRecord, at: number): RunEvent {
  const given = isRecord(counts) ? counts : {}
  return {
    ...{ kind: 'run_finished', at },
    ...(typeof stopped === 'string' ? { stopped: stopped as StopReason } : {}),
    counts: Object.fromEntries(OUTCOMES.map(outcome => [outcome, Number(given[outcome] ?? 0)])) as Record<
      Outcome,
      number
    >,
  }
}

function resultOf(record: JournalRecord): NodeResult {
  const { exit_code: exitCode, signal, failure, note } = record
  return {
    outcome: outcomeOf(record),
    ...(typeof exitCode === 'number' ? { exitCode } : {}),
    ...(typeof signal === 'string' ? { signal } : {}),
    stdout: capturedOf(record.stdout),
    stderr: capturedOf(record.stderr),
    ...(failure === undefined ? {} : { failure: failureOf(failure) }),
    ...(typeof note === 'string' ? { note } : {}),
    durationMs: Number(record.duration_ms ?? 0),
  }
}

/** Only how much there was: the text stands in the other file. */
function capturedOf(size: unknown): Captured {
  if (!isRecord(size)) return NO_OUTPUT
  const masked = size.masked === true ? { masked: true as const } : {}
  return { head: '', tail: '', bytes: Number(size.bytes), truncated: size.truncated === true, ...masked }
}

function outcomeOf({ outcome }: JournalRecord): Outcome {
  const found = OUTCOMES.find(known => known === outcome)
  if (found === undefined) throw new Malformed('has an outcome that is not known')
  return found
}

function failureOf(given: unknown): Failure {
  const { code, message, hint } = isRecord(given) ? given : {}
  return {
    // A code that this drover does not know is only shown.
    code: (typeof code === 'string' && Object.hasOwn(ERRORS, code) ? code : 'bug') as Failure['code'],
    message: String(message),
    ...(typeof hint === 'string' ? { hint } : {}),
  }
}

function gitOf(given: unknown): GitFacts | undefined {
  if (!isRecord(given)) return undefined
  const { dirty_count: dirtyCount, ...same } = given
  return { ...same, dirtyCount } as unknown as GitFacts
}

function isRecord(value: unknown): value is JournalRecord {
  return typeof value === 'object' && value !== null
}
