import type { Action } from '../../src/model/action.ts'
import type { RunEvent } from '../../src/model/event.ts'
import type { Host } from '../../src/model/host.ts'
import { NO_OUTPUT, type NodeResult, OUTCOMES, type Outcome } from '../../src/model/outcome.ts'
import type { ActionTemplate, Edge, Plan, PlanGroup, PlanStep } from '../../src/model/plan.ts'
import type { NeedIf } from '../../src/model/playbook.ts'
import type { Expr } from '../../src/model/template.ts'

/** Makes plans and events by hand, as the compiler and the engine would. Times start now: live rows show what has passed. */
export const START = Date.now()

export function sampleHost(name: string, at: number): Host {
  return {
    name,
    vars: {},
    groups: ['all'],
    connection: {
      transport: 'ssh',
      address: `10.0.${at >> 8}.${at & 255}`,
      port: 22,
      user: 'deploy',
      keys: [],
    },
  }
}

const RUN: ActionTemplate = {
  kind: 'run',
  script: ['true'],
  env: [],
  creates: [],
  removes: [],
  readOnly: false,
  timeoutMs: 60_000,
}

const SENT: Action = {
  kind: 'run',
  script: 'true',
  env: [],
  creates: [],
  removes: [],
  readOnly: false,
  timeoutMs: 60_000,
}

export function samplePlan(
  hosts: readonly string[],
  steps: Readonly<Record<string, readonly string[]>>,
): Plan {
  const indexes = new Map(hosts.map((name, at) => [name, at]))
  const made = Object.entries(steps).map(
    ([id, targets], index): PlanStep => ({
      index,
      id,
      title: id,
      targets: Uint32Array.from(targets.flatMap(name => indexes.get(name) ?? [])),
      edges: [],
      onFailure: 'block',
      tolerated: 0,
      once: false,
      semaphores: [],
      when: [],
      tags: [],
      hidden: false,
      action: RUN,
      where: { file: 'deploy.yml', line: 5 + index * 4, col: 5 },
    }),
  )
  return {
    name: 'Deploy the web tier',
    file: 'deploy.yml',
    hosts: hosts.map(sampleHost),
    steps: made,
    groups: [],
    rollings: [],
    semaphores: [],
    order: made.map(step => step.index),
  }
}

/** A step of a hand-made plan: what differs from a plain `run: true`. Needs and groups are named by their ids. */
export interface SampleStep extends Partial<Omit<PlanStep, 'targets' | 'edges' | 'group' | 'delegates'>> {
  readonly on: readonly string[]
  readonly needs?: readonly (string | readonly [id: string, on: Edge['on'], how?: NeedIf])[]
  readonly in?: string
  readonly delegate?: string
}

/** A plan with everything that a plan can have. */
export function richPlan(
  hosts: readonly string[],
  steps: Readonly<Record<string, SampleStep>>,
  rest: Partial<Omit<Plan, 'hosts' | 'steps' | 'groups'>> & { readonly groups?: readonly SampleGroup[] } = {},
): Plan {
  const plain = samplePlan(hosts, Object.fromEntries(Object.entries(steps).map(([id, { on }]) => [id, on])))
  const at = (id: string) => plain.steps.findIndex(step => step.id === id)
  const groups = rest.groups ?? []
  const groupAt = (id: string) => groups.findIndex(group => group.id === id)
  return {
    ...plain,
    ...rest,
    groups: groups.map(
      ({ in: parent, ...group }): PlanGroup => ({
        title: group.id,
        where: { file: 'deploy.yml', line: 1, col: 1 },
        ...group,
        ...(parent === undefined ? {} : { parent: groupAt(parent) }),
      }),
    ),
    steps: plain.steps.map((step): PlanStep => {
      const { on: _, needs = [], in: group, delegate, ...own } = steps[step.id] as SampleStep
      return {
        ...step,
        edges: needs.map(need =>
          typeof need === 'string'
            ? { from: at(need), on: 'host', if: 'success' }
            : { from: at(need[0]), on: need[1], if: need[2] ?? 'success' },
        ),
        ...(group === undefined ? {} : { group: groupAt(group) }),
        ...(delegate === undefined
          ? {}
          : { delegates: Uint32Array.from(hosts, () => hosts.indexOf(delegate)) }),
        ...own,
      }
    }),
  }
}

export interface SampleGroup extends Partial<Omit<PlanGroup, 'parent'>> {
  readonly kind: PlanGroup['kind']
  readonly id: string
  readonly in?: string
}

/** An expression that only the run can know. */
export function lateExpr(source: string): Expr {
  const where = { file: 'deploy.yml', line: 1, col: 1 }
  return { kind: 'expr', source, quote: 'none', perHost: true, late: true, where }
}

type Kind<K extends RunEvent['kind']> = RunEvent & { readonly kind: K }

/** Writes events with a plan's names instead of its indexes. */
export class SampleRun {
  readonly plan: Plan
  readonly events: RunEvent[] = []
  #at = START
  readonly #hosts: ReadonlyMap<string, number>
  readonly #counts = Object.fromEntries(OUTCOMES.map(outcome => [outcome, 0])) as Record<Outcome, number>

  constructor(plan: Plan) {
    this.plan = plan
    this.#hosts = new Map(plan.hosts.map((host, at) => [host.name, at]))
    this.events.push({ kind: 'run_started', at: this.#at, run: 'r1', plan })
  }

  wait(ms: number): this {
    this.#at += ms
    return this
  }

  connected(host: string, ms = 31): this {
    return this.#add({ kind: 'host_connected', at: this.#at, host: this.#host(host), ms })
  }

  sent(host: string, step: string): this {
    return this.#add({ kind: 'node_sent', at: this.#at, ...this.#node(host, step), action: SENT })
  }

  unreachable(host: string, failure: Kind<'host_unreachable'>['failure']): this {
    return this.#add({ kind: 'host_unreachable', at: this.#at, host: this.#host(host), failure })
  }

  lock(host: string, kind: 'lock_taken' | 'lock_waiting' | 'lock_missed', text: string): this {
    const about = { at: this.#at, host: this.#host(host) }
    if (kind === 'lock_taken') return this.#add({ kind, ...about, as: text })
    return this.#add(
      kind === 'lock_missed' ? { kind, ...about, why: text } : { kind, ...about, holder: text },
    )
  }

  started(host: string, step: string): this {
    return this.#add({ kind: 'node_started', at: this.#at, ...this.#node(host, step) })
  }

  output(host: string, step: string, text: string, stream: 'stdout' | 'stderr' = 'stdout'): this {
    return this.#add({ kind: 'node_output', at: this.#at, ...this.#node(host, step), stream, text })
  }

  /** An attempt that did not do, and the wait until the next. */
  retried(host: string, step: string, attempt: number, ms: number, result: Partial<NodeResult> = {}): this {
    const full = {
      outcome: 'failed',
      stdout: NO_OUTPUT,
      stderr: NO_OUTPUT,
      durationMs: 400,
      ...result,
    } as const
    return this.#add({
      kind: 'node_retried',
      at: this.#at,
      ...this.#node(host, step),
      attempt,
      ms,
      result: full,
    })
  }

  finished(host: string, step: string, outcome: Outcome, result: Partial<NodeResult> = {}): this {
    this.#counts[outcome] += 1
    const full = { outcome, stdout: NO_OUTPUT, stderr: NO_OUTPUT, durationMs: 400, ...result }
    return this.#add({
      kind: 'node_finished',
      at: this.#at,
      ...this.#node(host, step),
      outcome,
      result: full,
    })
  }

  /**
   * An end without a result of its own: blocked by another node, cancelled, or on an unreachable host; `stopped`: since
   * the run was ended.
   */
  dropped(
    host: string,
    step: string,
    outcome: Outcome,
    cause?: readonly [host: string, step: string],
    stopped?: 'stopped',
  ): this {
    this.#counts[outcome] += 1
    return this.#add({
      kind: 'node_finished',
      at: this.#at,
      ...this.#node(host, step),
      outcome,
      ...(cause === undefined ? {} : { cause: this.#node(...cause) }),
      ...(stopped === undefined ? {} : { stopped: true }),
    })
  }

  end(stopped?: Kind<'run_finished'>['stopped']): readonly RunEvent[] {
    this.#add({
      kind: 'run_finished',
      at: this.#at,
      counts: this.#counts,
      ...(stopped === undefined ? {} : { stopped }),
    })
    return this.events
  }

  #add(event: RunEvent): this {
    this.events.push(event)
    return this
  }

  #host(name: string): number {
    return this.#hosts.get(name) ?? -1
  }

  #node(host: string, step: string): { step: number; host: number } {
    return { step: this.plan.steps.findIndex(s => s.id === step), host: this.#host(host) }
  }
}

/** Short output, kept whole. */
export function printed(text: string): NodeResult['stdout'] {
  return { head: text, tail: '', bytes: Buffer.byteLength(text), truncated: false }
}
