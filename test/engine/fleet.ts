import type { Executor, ExecutorEvents } from '../../src/engine/executor.ts'
import { type RunOptions, type RunSummary, runPlan } from '../../src/engine/run.ts'
import type { Action } from '../../src/model/action.ts'
import type { Failure } from '../../src/model/errors.ts'
import type { RunEvent } from '../../src/model/event.ts'
import { NO_OUTPUT, type NodeResult, type Outcome } from '../../src/model/outcome.ts'
import type { Plan } from '../../src/model/plan.ts'
import type { Program } from '../../src/model/program.ts'
import { FakeClock } from './fake-clock.ts'

export const ACTION: Action = {
  kind: 'run',
  script: 'true',
  env: [],
  creates: [],
  removes: [],
  readOnly: false,
  timeoutMs: 1000,
}

/** Every node is sent, and its result stands. */
export function programOf(more: Partial<Program> = {}): Program {
  return {
    render: () => ({ kind: 'action', action: ACTION }),
    judge: (_step, _host, result) => ({ kind: 'stands', result }),
    ended: () => {},
    ...more,
  }
}

export function resultOf(outcome: Outcome): NodeResult {
  return { outcome, stdout: NO_OUTPUT, stderr: NO_OUTPUT, durationMs: 1 }
}

export type NodeName = `${number}@${number}`
export const nameOf = (step: number, host: number): NodeName => `${step}@${host}`

const FAILURES: Readonly<Partial<Record<Outcome, Failure>>> = {
  unreachable: { code: 'connect_refused', message: 'refused' },
  unknown: { code: 'link_lost', message: 'the link broke' },
}

/** Hosts in memory: nodes stay in flight until the test (or `pick`) lets one end. */
export class FakeFleet implements Executor {
  readonly inFlight: NodeName[] = []
  readonly calls: string[] = []
  readonly events: ExecutorEvents
  readonly #outcome: (step: number, host: number) => Outcome
  readonly #dead = new Set<number>()
  readonly #via = new Map<NodeName, number>()

  constructor(events: ExecutorEvents, outcome: (step: number, host: number) => Outcome) {
    this.events = events
    this.#outcome = outcome
  }

  start(step: number, host: number, _action: Action, via: number): void {
    this.calls.push(`start ${nameOf(step, host)}${by(host, via)}`)
    this.inFlight.push(nameOf(step, host))
    this.#via.set(nameOf(step, host), via)
  }

  stop(step: number, host: number, reason: string, via: number): void {
    this.calls.push(`${reason} ${nameOf(step, host)}${by(host, via)}`)
  }

  release(host: number): void {
    this.calls.push(`release ${host}`)
  }

  close(): Promise<void> {
    this.calls.push('close')
    return Promise.resolve()
  }

  /** The host cannot be reached. */
  lose(host: number): void {
    if (this.#dead.has(host)) return
    this.#dead.add(host)
    this.events.unreachable(host, { code: 'connect_refused', message: 'refused' })
  }

  /** Ends one node; a host that cannot be reached says so before its first node ends. */
  finish(name: NodeName, outcome?: Outcome): void {
    const [step, host] = name.split('@').map(Number) as [number, number]
    this.inFlight.splice(this.inFlight.indexOf(name), 1)
    const ends = outcome ?? this.#outcome(step, host)
    if (ends !== 'unreachable') this.events.started(step, host)
    else this.lose(this.#via.get(name) as number)
    const failure = FAILURES[ends]
    this.events.finished(step, host, { ...resultOf(ends), ...(failure === undefined ? {} : { failure }) })
  }
}

function by(host: number, via: number): string {
  return host === via ? '' : ` by ${via}`
}

export interface Ran {
  readonly summary: RunSummary
  readonly events: readonly RunEvent[]
  readonly fleet: FakeFleet
  /** How each node ended. */
  readonly outcomes: ReadonlyMap<NodeName, Outcome>
}

export interface Begun {
  readonly fleet: FakeFleet
  readonly clock: FakeClock
  readonly events: RunEvent[]
  readonly ran: Promise<Ran>
}

/** A run that the test drives: `fleet` and `events` are live, `ran` resolves at its end. */
export function begin(
  plan: Plan,
  outcome: (step: number, host: number) => Outcome = () => 'ok',
  options: Partial<RunOptions> = {},
): Begun {
  const events: RunEvent[] = []
  const clock = new FakeClock()
  let fleet: FakeFleet | undefined
  const summary = runPlan({
    plan,
    runId: 'r1',
    program: programOf(),
    executor: incoming => {
      fleet = new FakeFleet(incoming, outcome)
      return fleet
    },
    onBrokenListener: error => {
      throw error
    },
    clock: () => clock.now,
    schedule: clock.schedule,
    ...options,
    listeners: [event => void events.push(event), ...(options.listeners ?? [])],
  })
  if (fleet === undefined) throw new Error('the run made no executor')
  const started = fleet
  const ran = summary.then(done => ({ summary: done, events, fleet: started, outcomes: outcomesOf(events) }))
  return { fleet: started, clock, events, ran }
}

/** Runs to the end; `pick` chooses which of the nodes in flight ends next. */
export async function runAll(
  plan: Plan,
  outcome?: (step: number, host: number) => Outcome,
  options: Partial<RunOptions> & { readonly pick?: (inFlight: readonly NodeName[]) => number } = {},
): Promise<Ran> {
  const { fleet, clock, ran } = begin(plan, outcome, options)
  while (fleet.inFlight.length > 0 || clock.next()) {
    if (fleet.inFlight.length === 0) continue
    const chosen = options.pick?.(fleet.inFlight) ?? 0
    fleet.finish(fleet.inFlight[chosen] as NodeName)
  }
  return await ran
}

function outcomesOf(events: readonly RunEvent[]): Map<NodeName, Outcome> {
  const outcomes = new Map<NodeName, Outcome>()
  for (const event of events) {
    if (event.kind !== 'node_finished') continue
    const name = nameOf(event.step, event.host)
    if (outcomes.has(name)) throw new Error(`${name} ended twice`)
    outcomes.set(name, event.outcome)
  }
  return outcomes
}
