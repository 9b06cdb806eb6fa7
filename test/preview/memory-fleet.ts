import type { Compiled } from '../../src/compile/compiled.ts'
import type { Executor, ExecutorEvents } from '../../src/engine/executor.ts'
import { runPlan } from '../../src/engine/run.ts'
import type { Task } from '../../src/model/action.ts'
import type { NodeResult, Outcome } from '../../src/model/outcome.ts'
import { NO_OUTPUT } from '../../src/model/outcome.ts'
import type { Plan } from '../../src/model/plan.ts'
import type { Preview } from '../../src/model/preview.ts'
import type { Program } from '../../src/model/program.ts'
import { preview } from '../../src/preview/preview.ts'
import type { MemoryHost } from './memory-host.ts'

type Good = Compiled & { readonly kind: 'compiled' }

/** Carries tasks out on hosts in memory, in an order that `pick` chooses among those that wait. */
export class MemoryFleet implements Executor {
  /** What was sent, as `probe h0` and `steps.a h0`. */
  readonly sent: string[] = []
  readonly #hosts: readonly (MemoryHost | undefined)[]
  readonly #events: ExecutorEvents
  readonly #pick: (among: number) => number
  readonly #waiting: (() => void)[] = []

  /** A host that is undefined cannot be reached. */
  constructor(
    hosts: readonly (MemoryHost | undefined)[],
    events: ExecutorEvents,
    pick: (among: number) => number = () => 0,
  ) {
    this.#hosts = hosts
    this.#events = events
    this.#pick = pick
  }

  start(step: number, host: number, task: Task, via: number): void {
    this.sent.push(task.kind === 'probe' ? `probe ${via}: ${task.items.length}` : `${step}@${host}`)
    this.#waiting.push(() => this.#events.finished(step, host, this.#carryOut(task, via)))
    if (this.#waiting.length === 1) setImmediate(() => this.#next())
  }

  stop(): void {}
  release(): void {}
  async close(): Promise<void> {}

  #next(): void {
    const [answer] = this.#waiting.splice(this.#pick(this.#waiting.length), 1)
    answer?.()
    if (this.#waiting.length > 0) setImmediate(() => this.#next())
  }

  #carryOut(task: Task, via: number): NodeResult {
    const host = this.#hosts[via]
    if (host === undefined) {
      const failure = { code: 'connect_refused', message: 'nobody listens' } as const
      this.#events.unreachable(via, failure)
      return { outcome: 'unreachable', failure, stdout: NO_OUTPUT, stderr: NO_OUTPUT, durationMs: 0 }
    }
    if (task.kind !== 'probe') return host.apply(task)
    const findings = task.items.map(item => host.probe(item))
    return { outcome: 'ok', findings, stdout: NO_OUTPUT, stderr: NO_OUTPUT, durationMs: 0 }
  }
}

export interface Previewed {
  readonly preview: Preview
  readonly sent: readonly string[]
}

/** Previews what was compiled on hosts in memory. */
export async function previewOn(
  { plan, sketch, foresee }: Pick<Good, 'plan' | 'sketch' | 'foresee'>,
  hosts: readonly (MemoryHost | undefined)[],
  pick?: (among: number) => number,
): Promise<Previewed> {
  let fleet: MemoryFleet | undefined
  const made = await preview({
    plan,
    sketch,
    foresight: foresee(),
    asker: events => {
      fleet = new MemoryFleet(hosts, events, pick)
      return fleet
    },
    diffs: false,
  })
  if (made === undefined) throw new Error('nobody interrupted it')
  return { preview: made, sent: fleet?.sent ?? [] }
}

/** How a node ended, and which one kept it from starting. */
export interface End {
  readonly outcome: Outcome
  readonly cause?: { readonly step: number; readonly host: number }
}

/** Applies it to them; the end of each node by step index and host index, as `2@0`. */
export async function applyOn(
  plan: Plan,
  program: Program,
  hosts: readonly (MemoryHost | undefined)[],
  pick?: (among: number) => number,
): Promise<ReadonlyMap<string, End>> {
  const ends = new Map<string, End>()
  await runPlan({
    plan,
    program,
    runId: 'r',
    executor: events => new MemoryFleet(hosts, events, pick),
    listeners: [
      event => {
        if (event.kind === 'node_finished') ends.set(`${event.step}@${event.host}`, event)
      },
    ],
    onBrokenListener: error => {
      throw error
    },
    clock: () => 0,
    schedule: (_, then) => {
      const timer = setImmediate(then)
      return () => clearImmediate(timer)
    },
  })
  return ends
}

/** The verdicts by step id on the first host, as `change`, `unknown: steps.a would change first`. */
export function verdictsOf({ plan, node }: Preview, host = 0): Record<string, string> {
  return Object.fromEntries(
    plan.steps
      .filter(step => node(step.index, host) !== undefined)
      .map(step => {
        const verdict = node(step.index, host)?.verdict
        const because = verdict !== undefined && 'because' in verdict ? `: ${verdict.because}` : ''
        return [step.id, `${verdict?.kind}${because}`]
      }),
  )
}
