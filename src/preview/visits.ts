import type { Carriers } from '../engine/carriers.ts'
import type { Task } from '../model/action.ts'
import type { Finding } from '../model/finding.ts'
import type { Foresight } from '../model/foresight.ts'
import { LIMITS } from '../model/limits.ts'
import type { NodeResult } from '../model/outcome.ts'
import type { Docket } from './docket.ts'
import { actionOf, askedOf, type OpenNode } from './open-node.ts'

/** What carries tasks out on hosts: the workers of a run, or a stand-in. The contract is the engine's `Executor`. */
export interface Asker {
  start(step: number, host: number, task: Task, via: number): void
  stop(step: number, host: number, reason: 'cancel' | 'now', via: number): void
  release(via: number): void
}

export interface VisitsOptions {
  readonly carriers: Carriers
  readonly foresight: Foresight
  /** Hosts asked at the same time. */
  readonly forks: number
  readonly diffs: boolean
  /** A number that no step has, for probes to go by. */
  readonly probeStep: number
}

/** A host whose answers are on the way. */
interface Visit {
  readonly docket: Docket
  /** A probe is under way, of these nodes; of none at all if only the host's answer matters. */
  probe: readonly OpenNode[] | undefined
  readonly runs: OpenNode[]
}

/** Asks hosts, as many at the same time as there are forks, and notes their answers. */
export class Visits {
  asker: Asker | undefined
  readonly #options: VisitsOptions
  readonly #waiting = new Set<Docket>()
  readonly #underWay = new Map<number, Visit>()

  constructor(options: VisitsOptions) {
    this.#options = options
  }

  get underWay(): number {
    return this.#underWay.size
  }

  /** Hosts whose answers are on the way. */
  get asked(): readonly number[] {
    return [...this.#underWay.keys()]
  }

  /** It may have something to ask; a host that is being asked already takes no further fork. */
  offer(docket: Docket): void {
    const visit = this.#underWay.get(docket.via)
    if (visit === undefined) this.#waiting.add(docket)
    else this.#ask(docket, visit)
  }

  /** Starts what may start. */
  next(): void {
    for (const docket of this.#waiting) {
      if (this.#underWay.size >= this.#options.forks) return
      this.#waiting.delete(docket)
      this.#ask(docket, { docket, probe: undefined, runs: [] })
    }
  }

  /** Takes an answer; the docket whose nodes it is about. */
  take(step: number, host: number, result: NodeResult): Docket | undefined {
    const visit =
      step === this.#options.probeStep
        ? this.#underWay.get(host)
        : [...this.#underWay.values()].find(({ runs }) => isAmong(runs, step, host))
    if (visit === undefined) return undefined
    if (step === this.#options.probeStep) this.#answered(visit, result)
    else this.#ran(visit, step, host, result)
    if (result.outcome !== 'unreachable') visit.docket.reached()
    if (visit.probe === undefined && visit.runs.length === 0) this.#underWay.delete(visit.docket.via)
    return visit.docket
  }

  /** Nothing more is asked of the host, and what is under way does not matter. */
  drop(docket: Docket): void {
    this.#waiting.delete(docket)
    this.#underWay.delete(docket.via)
  }

  /** No question to the host will come any more. */
  leave(docket: Docket): void {
    this.drop(docket)
    if (this.#options.carriers.leave(docket.via)) this.asker?.release(docket.via)
  }

  stop(reason: 'cancel' | 'now'): void {
    this.#waiting.clear()
    for (const { docket, probe, runs } of this.#underWay.values()) {
      if (probe !== undefined) this.asker?.stop(this.#options.probeStep, docket.via, reason, docket.via)
      for (const { step, host } of runs) this.asker?.stop(step, host, reason, docket.via)
    }
  }

  #ask(docket: Docket, visit: Visit): void {
    const { greets, probe, run } = docket.asks(visit.probe === undefined ? LIMITS.probeItems : 0)
    const isProbing = probe.length > 0 || (greets && visit.probe === undefined && visit.runs.length === 0)
    if (!isProbing && run.length === 0) return
    this.#underWay.set(docket.via, visit)
    this.#options.carriers.use(docket.via)
    for (const node of run) this.#run(node, visit)
    if (isProbing) this.#probe(probe, visit)
  }

  #run(node: OpenNode, visit: Visit): void {
    const action = actionOf(node)
    if (action === undefined) return
    node.running = true
    visit.runs.push(node)
    const timeoutMs = Math.min(action.timeoutMs, LIMITS.previewRunMs)
    this.asker?.start(node.step, node.host, { ...action, timeoutMs }, visit.docket.via)
  }

  #probe(nodes: readonly OpenNode[], visit: Visit): void {
    for (const node of nodes) node.asked = true
    visit.probe = nodes
    const { via } = visit.docket
    const { diffs, probeStep } = this.#options
    const items = nodes.flatMap(node => askedOf(node) ?? [])
    this.asker?.start(probeStep, via, { kind: 'probe', items, diffs, timeoutMs: LIMITS.probeMs }, via)
  }

  #answered(visit: Visit, result: NodeResult): void {
    const nodes = visit.probe ?? []
    visit.probe = undefined
    for (const [at, node] of nodes.entries()) node.finding = result.findings?.[at] ?? unseen(result)
  }

  #ran(visit: Visit, step: number, host: number, result: NodeResult): void {
    const at = visit.runs.findIndex(node => node.step === step && node.host === host)
    const [node] = visit.runs.splice(at, 1)
    if (node !== undefined) node.ran = this.#options.foresight.judge(step, host, result)
  }
}

const isAmong = (nodes: readonly OpenNode[], step: number, host: number) =>
  nodes.some(node => node.step === step && node.host === host)

function unseen({ failure, outcome }: NodeResult): Finding {
  const why = failure ?? { code: 'remote_shell', message: `the host gave no answer (${outcome})` }
  return { kind: 'unseen', failure: why }
}
