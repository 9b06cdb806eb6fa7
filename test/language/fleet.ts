import type { Executor, ExecutorEvents } from '../../src/engine/executor.ts'
import type { Action } from '../../src/model/action.ts'
import { NO_OUTPUT, type NodeResult } from '../../src/model/outcome.ts'
import type { Plan } from '../../src/model/plan.ts'
import type { HostName } from './model.ts'

/** What a command does on a host when it is tried. */
export type Answer =
  | { readonly kind: 'exits'; readonly status: number }
  /** Its guard is satisfied. */
  | { readonly kind: 'done' }
  /** The link breaks. */
  | { readonly kind: 'unknown' }

export interface World {
  readonly answer: (id: string, host: HostName, attempt: number, guarded: boolean) => Answer
  readonly cpus: (host: HostName) => number
  /** Hosts on which facts cannot be gathered. */
  readonly factless: ReadonlySet<HostName>
  readonly unreachable: ReadonlySet<string>
}

export interface Sent {
  readonly step: number
  readonly host: number
  readonly via: number
  readonly action: Action
  readonly attempt: number
}

/** Hosts in memory that answer as the world says, when the test lets them. */
export class RandomFleet implements Executor {
  readonly inFlight: Sent[] = []
  readonly #plan: Plan
  readonly #world: World
  readonly #events: ExecutorEvents
  readonly #lost = new Set<number>()
  readonly #attempts = new Map<string, number>()
  readonly #onStart: (sent: Sent, inFlight: readonly Sent[]) => void

  constructor(
    plan: Plan,
    world: World,
    events: ExecutorEvents,
    onStart: (sent: Sent, inFlight: readonly Sent[]) => void,
  ) {
    this.#plan = plan
    this.#world = world
    this.#events = events
    this.#onStart = onStart
  }

  start(step: number, host: number, action: Action, via: number): void {
    const attempt = 1 + (this.#attempts.get(`${step} ${host}`) ?? 0)
    this.#attempts.set(`${step} ${host}`, attempt)
    const sent = { step, host, via, action, attempt }
    this.inFlight.push(sent)
    this.#onStart(sent, [...this.inFlight])
  }

  stop(): void {}
  release(): void {}
  close(): Promise<void> {
    return Promise.resolve()
  }

  /** Lets one of those in flight end. */
  finish(at: number): void {
    const [sent] = this.inFlight.splice(at, 1)
    if (sent === undefined) return
    const { step, host, via } = sent
    if (this.#world.unreachable.has(this.#plan.hosts[via]?.name ?? '')) {
      const failure = { code: 'connect_refused', message: 'refused' } as const
      if (!this.#lost.has(via)) this.#events.unreachable(via, failure)
      this.#lost.add(via)
      this.#events.finished(step, host, { ...EMPTY, outcome: 'unreachable', failure })
      return
    }
    this.#events.started(step, host)
    this.#events.finished(step, host, this.#result(sent))
  }

  #result({ step, host, action, attempt }: Sent): NodeResult {
    const { id, hidden } = this.#plan.steps[step] as Plan['steps'][number]
    const name = this.#plan.hosts[host]?.name as HostName
    if (hidden) {
      if (this.#world.factless.has(name)) return exited(1, '', false)
      return exited(0, `drover_facts=1\ncpus=${this.#world.cpus(name)}\nend=1\n`, true)
    }
    const guarded = action.kind === 'run' && action.creates.length > 0
    const answer = this.#world.answer(id, name, attempt, guarded)
    switch (answer.kind) {
      case 'done':
        return { ...EMPTY, outcome: 'ok' }
      case 'unknown':
        return { ...EMPTY, outcome: 'unknown', failure: { code: 'link_lost', message: 'lost' } }
      case 'exits':
        return exited(answer.status, printed(id, name, attempt), action.kind === 'run' && action.readOnly)
    }
  }
}

const EMPTY = { stdout: NO_OUTPUT, stderr: NO_OUTPUT, durationMs: 1 }

/** What the command of a step prints. */
export function printed(id: string, host: string, attempt: number): string {
  return `${id} ${host} #${attempt}`
}

function exited(exitCode: number, text: string, readOnly: boolean): NodeResult {
  return {
    ...EMPTY,
    outcome: exitCode !== 0 ? 'failed' : readOnly ? 'ok' : 'changed',
    exitCode,
    stdout: { head: text, tail: '', bytes: text.length, truncated: false },
    ...(exitCode === 0
      ? {}
      : { failure: { code: 'step_exit', message: `exit status ${exitCode}` } as const }),
  }
}
