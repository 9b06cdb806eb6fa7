import type { Executor, ExecutorEvents, RenderAction } from '../../src/engine/executor.ts'
import { type RunOptions, type RunSummary, runPlan } from '../../src/engine/run.ts'
import type { Action } from '../../src/model/action.ts'
import type { RunEvent } from '../../src/model/event.ts'
import { NO_OUTPUT, type NodeResult, type Outcome } from '../../src/model/outcome.ts'
import type { Plan } from '../../src/model/plan.ts'

export const ACTION: Action = {
  kind: 'run',
  script: 'true',
  env: [],
  creates: [],
  removes: [],
  readOnly: false,
  timeoutMs: 1000,
}

export const render: RenderAction = () => ACTION

export function resultOf(outcome: Outcome): NodeResult {
  return { outcome, stdout: NO_OUTPUT, stderr: NO_OUTPUT, durationMs: 1 }
}

export type NodeName = `${number}@${number}`
export const nameOf = (step: number, host: number): NodeName => `${step}@${host}`

/** Hosts in memory: nodes stay in flight until the test (or `pick`) lets one end. */
export class FakeFleet implements Executor {
  readonly inFlight: NodeName[] = []
  readonly calls: string[] = []
  readonly events: ExecutorEvents
  readonly #outcome: (step: number, host: number) => Outcome
  readonly #dead = new Set<number>()

  constructor(events: ExecutorEvents, outcome: (step: number, host: number) => Outcome) {
    this.events = events
    this.#outcome = outcome
  }

  start(step: number, host: number): void {
    this.calls.push(`start ${nameOf(step, host)}`)
    this.inFlight.push(nameOf(step, host))
  }

  stop(step: number, host: number, reason: string): void {
    this.calls.push(`${reason} ${nameOf(step, host)}`)
  }

  release(host: number): void {
    this.calls.push(`release ${host}`)
  }

  close(): Promise<void> {
    this.calls.push('close')
    return Promise.resolve()
  }

  /** Ends one node; a host that cannot be reached says so before its first node ends. */
  finish(name: NodeName, outcome?: Outcome): void {
    const [step, host] = name.split('@').map(Number) as [number, number]
    this.inFlight.splice(this.inFlight.indexOf(name), 1)
    const ends = outcome ?? this.#outcome(step, host)
    if (ends !== 'unreachable') this.events.started(step, host)
    else if (!this.#dead.has(host)) {
      this.#dead.add(host)
      this.events.unreachable(host, { code: 'connect_refused', message: 'refused' })
    }
    this.events.finished(step, host, resultOf(ends))
  }
}

export interface Ran {
  readonly summary: RunSummary
  readonly events: readonly RunEvent[]
  readonly fleet: FakeFleet
  /** How each node ended. */
  readonly outcomes: ReadonlyMap<NodeName, Outcome>
}

/** A run that the test drives: `fleet` and `events` are live, `ran` resolves at its end. */
export function begin(
  plan: Plan,
  outcome: (step: number, host: number) => Outcome = () => 'ok',
  options: Partial<RunOptions> = {},
): { readonly fleet: FakeFleet; readonly events: RunEvent[]; readonly ran: Promise<Ran> } {
  const events: RunEvent[] = []
  let fleet: FakeFleet | undefined
  const summary = runPlan({
    plan,
    runId: 'r1',
    render,
    executor: incoming => {
      fleet = new FakeFleet(incoming, outcome)
      return fleet
    },
    onBrokenListener: error => {
      throw error
    },
    clock: () => 0,
    ...options,
    listeners: [event => void events.push(event), ...(options.listeners ?? [])],
  })
  if (fleet === undefined) throw new Error('the run made no executor')
  const started = fleet
  const ran = summary.then(done => ({ summary: done, events, fleet: started, outcomes: outcomesOf(events) }))
  return { fleet: started, events, ran }
}

/** Runs to the end; `pick` chooses which of the nodes in flight ends next. */
export async function runAll(
  plan: Plan,
  outcome?: (step: number, host: number) => Outcome,
  options: Partial<RunOptions> & { readonly pick?: (inFlight: readonly NodeName[]) => number } = {},
): Promise<Ran> {
  const { fleet, ran } = begin(plan, outcome, options)
  while (fleet.inFlight.length > 0) {
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
