import { EXIT, type ExitStatus, worstStatus } from '../model/errors.ts'
import type { RunEvent, RunListener, StopReason } from '../model/event.ts'
import type { GitFacts } from '../model/git.ts'
import type { Journal } from '../model/journal.ts'
import { LIMITS } from '../model/limits.ts'
import { OUTCOMES, type Outcome } from '../model/outcome.ts'
import type { Plan } from '../model/plan.ts'
import type { Program } from '../model/program.ts'
import { EventBus } from './bus.ts'
import type { Executor, ExecutorEvents } from './executor.ts'
import { Gate } from './gate.ts'
import { Scheduler } from './scheduler.ts'
import type { Schedule } from './waits.ts'

export interface RunOptions {
  readonly plan: Plan
  readonly runId: string
  /** Told with the start of the run. */
  readonly git?: GitFacts | undefined
  readonly program: Program
  /** Makes what carries the nodes out; it is closed when the run ends, however that is. */
  readonly executor: (events: ExecutorEvents) => Executor
  /** Has every event before anybody else is told of it, and every node before it is sent. Absent: nothing is recorded. */
  readonly journal?: Journal | undefined
  /** Told every event in order; one that throws is dropped and the run goes on. */
  readonly listeners: readonly RunListener[]
  /** What every event passes before the journal or a listener sees it: told others instead, it may keep some back. */
  readonly sieve?: ((event: RunEvent, tell: (event: RunEvent) => void) => void) | undefined
  /** Told why a listener was dropped. */
  readonly onBrokenListener: (error: unknown) => void
  /** Milliseconds since the epoch. */
  readonly clock: () => number
  readonly schedule: Schedule
  /** Nodes in flight at most; LIMITS.forks where absent. */
  readonly forks?: number
  /** Nodes in flight on one host at most; LIMITS.channelsPerHost where absent. */
  readonly channelsPerHost?: number
  /** When the whole run has taken so long, it ends as if cancelled. */
  readonly timeoutMs?: number | undefined
  /** Nothing new starts, and what runs is asked to end. */
  readonly signal?: AbortSignal
  /** The user asked twice: what runs is killed. */
  readonly nowSignal?: AbortSignal
}

export interface RunSummary {
  readonly stopped?: StopReason
  readonly counts: Readonly<Record<Outcome, number>>
  /** What the outcomes mean for the process; the caller may know of worse. */
  readonly status: ExitStatus
}

/** Executes a plan to its end and tells everything as events. Rejects only for a bug. */
export async function runPlan(options: RunOptions): Promise<RunSummary> {
  const bus = new EventBus(options.listeners, options.onBrokenListener)
  const tally = new Tally()
  const gate = gateOf(options, bus, () => scheduler.halt('journal'))
  const tell = (event: RunEvent): void => (gate === undefined ? bus.emit(event) : gate.tell(event))
  const { sieve } = options
  const emit = (event: RunEvent): void => {
    tally.count(event)
    if (sieve === undefined) tell(event)
    else sieve(event, tell)
  }
  const { promise: done, resolve, reject } = Promise.withResolvers<void>()
  const scheduler = new Scheduler({
    plan: options.plan,
    program: options.program,
    limits: {
      forks: Math.max(1, options.forks ?? LIMITS.forks),
      channelsPerHost: options.channelsPerHost ?? LIMITS.channelsPerHost,
    },
    clock: options.clock,
    schedule: options.schedule,
    emit,
    drained: () => gate?.full() ?? bus.drained(),
    done: bug => (bug === undefined ? resolve() : reject(bug)),
  })
  const git = options.git === undefined ? {} : { git: options.git }
  emit({ kind: 'run_started', at: options.clock(), run: options.runId, plan: options.plan, ...git })
  const inner = options.executor(scheduler)
  const executor = gate?.guard(inner, scheduler) ?? inner
  const unlisten = [
    onAbort(options.signal, () => scheduler.cancel('cancel')),
    onAbort(options.nowSignal, () => scheduler.cancel('now')),
    ...timeLimit(options, () => scheduler.cancel('cancel', 'timeout')),
  ]
  try {
    scheduler.start(executor)
    await done
  } finally {
    for (const stop of unlisten) stop()
    await executor.close()
  }
  const stopped = scheduler.stopped === undefined ? {} : { stopped: scheduler.stopped }
  emit({ kind: 'run_finished', at: options.clock(), ...stopped, counts: tally.counts })
  await unlessAborted(gate?.empty().then(() => bus.drained()) ?? bus.drained(), options.nowSignal)
  return { ...stopped, counts: tally.counts, status: tally.status(scheduler) }
}

function gateOf(
  { journal, clock, schedule }: RunOptions,
  bus: EventBus,
  failed: () => void,
): Gate | undefined {
  if (journal === undefined) return undefined
  return new Gate({ journal, clock, schedule, tell: event => bus.emit(event), failed })
}

/** Counts outcomes as they are told. */
class Tally {
  readonly counts = Object.fromEntries(OUTCOMES.map(outcome => [outcome, 0])) as Record<Outcome, number>
  #bugs = 0

  count(event: RunEvent): void {
    if (event.kind !== 'node_finished') return
    this.counts[event.outcome] += 1
    if (event.result?.failure?.code === 'bug') this.#bugs += 1
  }

  status({ cancelledFor, stopped }: Pick<Scheduler, 'cancelledFor' | 'stopped'>): ExitStatus {
    const { failed, unreachable, unknown, refused, blocked, cancelled } = this.counts
    return worstStatus([
      this.#bugs > 0 ? EXIT.bug : EXIT.ok,
      cancelledFor.has('interrupted') ? EXIT.interrupted : EXIT.ok,
      refused > 0 ? EXIT.refused : EXIT.ok,
      stopped === 'timeout' || failed + unreachable + unknown + blocked + cancelled > 0
        ? EXIT.failed
        : EXIT.ok,
    ])
  }
}

/** Waits until everything is recorded and taken, unless the user has lost patience (a pipe that nobody reads). */
async function unlessAborted(
  over: Promise<void> | undefined,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { promise: abandoned, resolve } = Promise.withResolvers<void>()
  const unlisten = onAbort(signal, resolve)
  await Promise.race([over, abandoned])
  unlisten()
}

function timeLimit({ timeoutMs, schedule }: RunOptions, passed: () => void): (() => void)[] {
  return timeoutMs === undefined ? [] : [schedule(timeoutMs, passed)]
}

function onAbort(signal: AbortSignal | undefined, act: () => void): () => void {
  if (signal === undefined) return () => {}
  if (signal.aborted) act()
  else signal.addEventListener('abort', act, { once: true })
  return () => signal.removeEventListener('abort', act)
}
