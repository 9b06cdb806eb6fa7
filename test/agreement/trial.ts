import { type Inputs, loadInputs } from '../../src/cli/inputs/inputs.ts'
import type { Executor, ExecutorEvents } from '../../src/engine/executor.ts'
import { runPlan } from '../../src/engine/run.ts'
import type { RunEvent } from '../../src/model/event.ts'
import type { Plan } from '../../src/model/plan.ts'
import type { Preview } from '../../src/model/preview.ts'
import { ProblemsError } from '../../src/model/problem.ts'
import type { Program } from '../../src/model/program.ts'
import { plannedNodesOf } from '../../src/plan/planned-nodes.ts'
import { plannedProgram } from '../../src/plan/planned-program.ts'
import { preview } from '../../src/preview/preview.ts'
import { KnownSecrets } from '../../src/secrets/known-secrets.ts'
import type { Lane } from './lane.ts'
import { type Case, HOSTS, type HostName } from './random-case.ts'
import { isUntouched, type Photos, photograph } from './tree.ts'

export type End = RunEvent & { readonly kind: 'node_finished' }
export type Homes = Readonly<Record<HostName, Photos>>

/** What a node did to the host that carried it out, where nodes ran one at a time. */
export interface Doing {
  readonly via: HostName
  readonly before: Photos
  readonly after: Photos
}

export interface Trial {
  readonly kind: 'done'
  readonly random: Case
  readonly plan: Plan
  readonly preview: Preview
  /** The look changed nothing at all. */
  readonly untouched: boolean
  readonly before: Homes
  readonly after: Homes
  /** By `step@host`, as indexes of the plan. */
  readonly ends: ReadonlyMap<string, End>
  readonly doings: ReadonlyMap<string, Doing>
  /** The same playbook once more, after the run. */
  readonly again: Preview
}

/** The compiler refused it: a race, a reference that cannot be. */
export interface Refused {
  readonly kind: 'refused'
  readonly problems: readonly string[]
}

/** Previews a playbook on real hosts, applies it, and previews it again. */
export async function tryCase(lane: Lane, random: Case): Promise<Trial | Refused> {
  lane.plant(random)
  const inputs = await load(lane)
  if (inputs.kind === 'refused') return inputs
  const before = lane.photograph()
  const first = await previewOf(lane, inputs)
  const looked = lane.photograph()
  const { plan } = inputs
  const { ends, doings } = await apply(lane, inputs.again(), first, random)
  const after = lane.photograph()
  const again = await previewOf(lane, inputs.again())
  const untouched = HOSTS.every(host => isUntouched(before[host], looked[host]))
  return { kind: 'done', random, plan, preview: first, untouched, before, after, ends, doings, again }
}

export const contextIn = (cwd: string) => ({
  program: 'drover' as const,
  cwd,
  env: {},
  stdin: process.stdin,
  secrets: new KnownSecrets(),
  stdout: process.stdout,
  stderr: process.stderr,
  exit: () => {},
})

async function load({ folder }: Lane): Promise<(Inputs & { readonly kind: 'compiled' }) | Refused> {
  try {
    const inputs = await loadInputs(contextIn(folder), 'play.yml', { inventory: ['hosts.ini'] })
    return { ...inputs, kind: 'compiled' }
  } catch (error) {
    if (!(error instanceof ProblemsError)) throw error
    return { kind: 'refused', problems: error.problems.map(({ code, message }) => `${code}: ${message}`) }
  }
}

async function previewOf(lane: Lane, { plan, sketch, foresee }: Inputs): Promise<Preview> {
  const made = await preview({
    plan,
    sketch,
    foresight: foresee(),
    asker: events => lane.attach(plan, events),
    diffs: false,
  })
  await lane.idle()
  if (made === undefined) throw new Error('nobody interrupted it')
  return made
}

async function apply(lane: Lane, inputs: Inputs, previewed: Preview, { serial, planned }: Case) {
  const { plan } = inputs
  const ends = new Map<string, End>()
  const watch = serial ? new Watch(lane, plan) : undefined
  const listener = (event: RunEvent) => {
    if (event.kind === 'node_finished') ends.set(`${event.step}@${event.host}`, event)
  }
  const program: Program = planned
    ? plannedProgram(inputs.program, plannedNodesOf(previewed, [lane.folder]))
    : inputs.program
  await runPlan({
    plan,
    program,
    runId: 'r',
    executor: events => watch?.over(events, own => lane.attach(plan, own)) ?? lane.attach(plan, events),
    listeners: [listener],
    onBrokenListener: error => {
      throw error
    },
    clock: () => 0,
    schedule: (ms, then) => {
      const timer = setTimeout(then, ms)
      return () => clearTimeout(timer)
    },
    ...(serial ? { forks: 1 } : {}),
  })
  await lane.idle()
  return { ends, doings: watch?.doings ?? new Map() }
}

/** Takes photos of a host before and after each node, or its last attempt: others may run between two. */
class Watch {
  readonly doings = new Map<string, Doing>()
  readonly #lane: Lane
  readonly #plan: Plan
  readonly #started = new Map<string, { readonly via: HostName; readonly before: Photos }>()

  constructor(lane: Lane, plan: Plan) {
    this.#lane = lane
    this.#plan = plan
  }

  over(events: ExecutorEvents, attach: (events: ExecutorEvents) => Executor): Executor {
    const executor = attach(this.#events(events))
    return {
      start: (step, host, action, via) => {
        this.#starting(step, host, via)
        executor.start(step, host, action, via)
      },
      stop: (step, host, reason, via) => executor.stop(step, host, reason, via),
      release: via => executor.release(via),
      close: () => executor.close(),
    }
  }

  #starting(step: number, host: number, via: number): void {
    const name = this.#plan.hosts[via]?.name as HostName
    this.#started.set(`${step}@${host}`, { via: name, before: photograph(this.#lane.homeOf(name)) })
  }

  #events(events: ExecutorEvents): ExecutorEvents {
    return {
      connected: (via, ms) => events.connected(via, ms),
      unreachable: (via, failure) => events.unreachable(via, failure),
      lock: (via, news) => events.lock(via, news),
      started: (step, host) => events.started(step, host),
      output: (step, host, stream, text) => events.output(step, host, stream, text),
      finished: (step, host, result) => {
        const started = this.#started.get(`${step}@${host}`)
        if (started !== undefined) {
          const after = photograph(this.#lane.homeOf(started.via))
          this.doings.set(`${step}@${host}`, { ...started, after })
        }
        events.finished(step, host, result)
      },
    }
  }
}
