import { setTimeout as sleep } from 'node:timers/promises'
import { type RunOptions, type RunSummary, runPlan } from '../../src/engine/run.ts'
import type { RunAction } from '../../src/model/action.ts'
import type { RunEvent } from '../../src/model/event.ts'
import type { Connection } from '../../src/model/host.ts'
import type { NodeResult } from '../../src/model/outcome.ts'
import type { Edge, Plan } from '../../src/model/plan.ts'
import type { OnFailure } from '../../src/model/playbook.ts'
import type { Program } from '../../src/model/program.ts'
import { type Pool, type PoolOptions, startPool } from '../../src/worker/pool.ts'
import { programOf } from '../engine/fleet.ts'
import { planOf } from '../engine/plans.ts'

const FAKE_ENTRY = new URL('./fake-entry.ts', import.meta.url)

/** A pool whose workers have hosts in memory (fake-transport.ts). */
export function startFakePool(options: Partial<PoolOptions> = {}): Pool {
  return startPool({ hostKeys: { policy: 'strict' }, entry: FAKE_ENTRY, ...options })
}

export interface Steps {
  /** One step a script; an array: by host. */
  readonly scripts: readonly (string | readonly string[])[]
  /** Each host's address, which says how it behaves. */
  readonly hosts: readonly string[]
  readonly edges?: readonly (readonly Edge[])[]
  /** Of each step: by host, the one that carries it out. */
  readonly delegates?: readonly (readonly number[] | undefined)[]
  readonly transport?: Connection['transport']
  readonly onFailure?: OnFailure
  /** How to log in, besides the address. */
  readonly login?: Partial<Connection>
}

export interface Ran {
  readonly summary: RunSummary
  readonly events: readonly RunEvent[]
  /** By `step@host`. */
  readonly results: ReadonlyMap<string, NodeResult>
}

/** Runs steps through the pool. Steps follow each other host by host unless `edges` says otherwise. */
export async function runOn(pool: Pool, steps: Steps, options: Partial<RunOptions> = {}): Promise<Ran> {
  const { plan, program } = planned(steps)
  const events: RunEvent[] = []
  const summary = await runPlan({
    plan,
    program,
    runId: 'r1',
    executor: incoming => pool.attach(plan, incoming),
    clock: () => 0,
    schedule: (ms, then) => {
      const timer = setTimeout(then, ms)
      return () => clearTimeout(timer)
    },
    onBrokenListener: error => {
      throw error
    },
    ...options,
    listeners: [event => void events.push(event), ...(options.listeners ?? [])],
  })
  const ends = events.filter(event => event.kind === 'node_finished')
  const results = ends.flatMap(({ step, host, result }) =>
    result === undefined ? [] : [[`${step}@${host}`, result] as const],
  )
  return { summary, events, results: new Map(results) }
}

function planned(steps: Steps): { plan: Plan; program: Program } {
  const bare = planOf(
    steps.hosts.length,
    steps.scripts.map((_, index) => ({
      targets: steps.hosts.map((_, host) => host),
      onFailure: steps.onFailure ?? 'block',
      ...delegatesOf(steps, index),
      edges:
        steps.edges?.[index] ??
        (index === 0 ? [] : [{ from: index - 1, on: 'host' as const, if: 'success' as const }]),
    })),
  )
  const hosts = bare.hosts.map((host, index) => ({
    ...host,
    connection: {
      ...host.connection,
      address: steps.hosts[index] as string,
      transport: steps.transport ?? 'ssh',
      ...steps.login,
    },
  }))
  const render = (step: number, host: number) => {
    const script = steps.scripts[step] as string | readonly string[]
    const action = runAction(typeof script === 'string' ? script : (script[host] as string))
    return { kind: 'action', action } as const
  }
  return { plan: { ...bare, hosts }, program: programOf({ render }) }
}

function delegatesOf({ delegates }: Steps, index: number): { readonly delegates?: readonly number[] } {
  const ofStep = delegates?.[index]
  return ofStep === undefined ? {} : { delegates: ofStep }
}

export function runAction(script: string): RunAction {
  return { kind: 'run', script, env: [], creates: [], removes: [], readOnly: false, timeoutMs: 60_000 }
}

export function outputOf(events: readonly RunEvent[]): string {
  return events.flatMap(event => (event.kind === 'node_output' ? event.text : [])).join('')
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

export async function untilGone(pids: readonly number[]): Promise<void> {
  while (pids.some(isAlive)) await sleep(10)
}
