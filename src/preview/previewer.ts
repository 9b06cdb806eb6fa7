import type { Carriers } from '../engine/carriers.ts'
import type { ExecutorEvents } from '../engine/executor.ts'
import type { Failure } from '../model/errors.ts'
import type { Foresight, NodeName } from '../model/foresight.ts'
import type { NodeResult, Outcome } from '../model/outcome.ts'
import type { Plan } from '../model/plan.ts'
import type { Verdict } from '../model/preview.ts'
import { Course, outcomeOf } from './course.ts'
import { Docket, type DocketContext } from './docket.ts'
import type { EarlyEnd } from './early-end.ts'
import { Elsewhere } from './elsewhere.ts'
import type { Judged } from './judge.ts'
import { MayFail } from './may-fail.ts'
import { NeverRuns, type Reasoned } from './never-runs.ts'
import { type OpenNode, openNode } from './open-node.ts'
import { Rivals } from './rivals.ts'
import { type Asker, Visits } from './visits.ts'

export interface PreviewerOptions {
  readonly plan: Plan
  readonly foresight: Foresight
  readonly order: DocketContext['order']
  readonly carriers: Carriers
  /** Hosts asked at the same time. */
  readonly forks: number
  readonly diffs: boolean
  /** Told once for each node that is no step of drover's own. */
  readonly found: (node: OpenNode, verdict: Verdict) => void
  readonly unreachable: (host: number, failure: Failure) => void
  readonly done: (bug?: Error) => void
}

/**
 * Finds a verdict for every node of a plan. Which nodes a verdict lets be judged, blocks or skips is as it would be in
 * the course of a run.
 */
export class Previewer implements ExecutorEvents {
  readonly #options: PreviewerOptions
  readonly #course: Course
  readonly #mayFail: MayFail
  readonly #whyNot: NeverRuns
  readonly #visits: Visits
  readonly #dockets = new Map<number, Docket>()
  readonly #open = new Map<number, OpenNode>()
  /** Dockets by the node without which some node of theirs cannot be rendered. */
  readonly #awaited = new Map<number, Set<Docket>>()
  readonly #changed = new Set<Docket>()
  readonly #lost = new Set<number>()
  #isTurning = false
  #finished = false

  constructor(options: PreviewerOptions) {
    const { plan, carriers, foresight, forks, diffs } = options
    this.#options = options
    this.#course = new Course(plan, {
      ready: node => this.#ready(node),
      ended: (node, outcome, cause) => this.#neverRuns(node, outcome, cause),
    })
    this.#mayFail = new MayFail(plan)
    this.#whyNot = new NeverRuns(plan, (step, host) => carriers.of(step, host), this.#lost)
    this.#visits = new Visits({ carriers, foresight, forks, diffs, probeStep: plan.steps.length })
    this.#addNodes()
  }

  start(asker: Asker): void {
    this.#visits.asker = asker
    this.#course.start()
    for (const docket of this.#dockets.values()) this.#changed.add(docket)
    this.#turn()
  }

  get asked(): readonly number[] {
    return this.#visits.asked
  }

  /** Nothing more is asked, and what is under way is asked to end. */
  stop(reason: 'cancel' | 'now'): void {
    this.#visits.stop(reason)
    this.#finish()
  }

  get earlyEnd(): EarlyEnd {
    return { surely: this.#course.stoppers, maybe: this.#mayFail.stop }
  }

  connected(): void {}
  lock(): void {}
  started(): void {}
  output(): void {}

  unreachable(via: number, failure: Failure): void {
    if (this.#finished) return
    this.#lost.add(via)
    this.#options.unreachable(via, failure)
    this.#change(this.#dockets.get(via))
  }

  finished(step: number, host: number, result: NodeResult): void {
    if (this.#finished) return
    this.#change(this.#visits.take(step, host, result))
  }

  #addNodes(): void {
    const { plan, carriers, order, foresight } = this.#options
    const context: DocketContext = {
      ...{ plan, order, foresight },
      elsewhere: new Elsewhere(plan),
      rivals: new Rivals({ plan, order }),
      isSettled: node => !this.#open.has(this.#index(node)),
      waits: (docket, nodes) => this.#await(docket, nodes),
      settle: (node, judged) => this.#settle(node, judged),
    }
    for (const step of plan.order) {
      for (const host of plan.steps[step]?.targets ?? []) {
        const via = carriers.of(step, host)
        const docket = this.#dockets.get(via) ?? new Docket(via, context)
        this.#dockets.set(via, docket)
        const node = openNode(step, host)
        this.#open.set(this.#index(node), node)
        docket.add(node)
      }
    }
  }

  #await(docket: Docket, nodes: readonly NodeName[]): void {
    for (const node of nodes) {
      const index = this.#index(node)
      this.#awaited.set(index, (this.#awaited.get(index) ?? new Set()).add(docket))
    }
  }

  #change(docket: Docket | undefined): void {
    if (docket !== undefined) this.#changed.add(docket)
    this.#turn()
  }

  /** One thing after the other: what a verdict leads to, on other hosts too, is looked at when it is written down. */
  #turn(): void {
    if (this.#isTurning || this.#finished) return
    this.#isTurning = true
    try {
      this.#advanceAll()
      this.#visits.next()
      if (this.#visits.underWay === 0 && this.#changed.size === 0)
        this.#finish(this.#open.size === 0 ? undefined : new Error('a preview came to no end'))
    } catch (error) {
      this.#finish(error instanceof Error ? error : new Error(String(error)))
    } finally {
      this.#isTurning = false
    }
    // An asker may have answered from within.
    if (this.#changed.size > 0) this.#turn()
  }

  #advanceAll(): void {
    do {
      for (const docket of this.#changed) {
        this.#changed.delete(docket)
        this.#advance(docket)
      }
    } while (this.#course.beginBatches() || this.#changed.size > 0)
  }

  #advance(docket: Docket): void {
    if (this.#lost.has(docket.via)) this.#lose(docket)
    else docket.advance()
    if (docket.open.size > 0 && !this.#lost.has(docket.via)) this.#visits.offer(docket)
    else if (docket.open.size === 0 && this.#dockets.delete(docket.via)) this.#visits.leave(docket)
  }

  #settle(node: OpenNode, { verdict, end }: Judged): void {
    this.#record(node, verdict)
    this.#options.foresight.settle(node.step, node.host, end)
    this.#course.end(node, outcomeOf(verdict))
  }

  #record(node: OpenNode, verdict: Verdict): void {
    const index = this.#index(node)
    this.#open.delete(index)
    this.#mayFail.settle(node, verdict)
    if (this.#options.plan.steps[node.step]?.hidden !== true) this.#options.found(node, verdict)
    for (const docket of this.#awaited.get(index) ?? []) this.#changed.add(docket)
    this.#awaited.delete(index)
  }

  #ready(index: number): void {
    const node = this.#open.get(index)
    const docket = node && this.#docketOf(node)
    if (node === undefined || docket === undefined) return
    node.ready = true
    this.#changed.add(docket)
  }

  #neverRuns(index: number, outcome: 'blocked' | 'cancelled' | 'skipped', cause: number | undefined): void {
    const node = this.#open.get(index)
    if (node === undefined) return
    const verdict = this.#whyNever(node, outcome, cause)
    const mayRun = outcome === 'skipped' && verdict.kind === 'unknown'
    if (mayRun) this.#docketOf(node)?.leave(node, verdict.because)
    else this.#docketOf(node)?.close(node)
    this.#record(node, verdict)
    const kind = verdict.kind === 'skip' ? 'skipped' : 'unknown'
    this.#options.foresight.settle(node.step, node.host, { kind })
    this.#course.neverRan(node)
  }

  #whyNever(node: OpenNode, outcome: Outcome, cause: number | undefined): Reasoned {
    if (outcome === 'skipped') return this.#whyNot.skipped(node, this.#mayFail.before(node))
    return this.#whyNot.blocked(node, cause === undefined ? undefined : this.#course.nameOf(cause))
  }

  /** As in a run, a node whose turn has come finds the host unreachable, and the host's others are blocked. */
  #lose(docket: Docket): void {
    this.#visits.drop(docket)
    const turn = [...docket.open].filter(node => node.ready)
    for (const node of turn) {
      docket.close(node)
      this.#record(node, { kind: 'unknown', because: this.#whyNot.unreachable(docket.via) })
      this.#options.foresight.settle(node.step, node.host, { kind: 'unknown' })
      this.#course.end(node, 'unreachable')
    }
    if (turn.length > 0) this.#course.loseHost(docket.via)
  }

  #finish(bug?: Error): void {
    if (this.#finished) return
    this.#finished = true
    this.#options.done(bug)
  }

  #docketOf({ step, host }: NodeName): Docket | undefined {
    return this.#dockets.get(this.#options.carriers.of(step, host))
  }

  #index({ step, host }: NodeName): number {
    return step * this.#options.plan.hosts.length + host
  }
}
