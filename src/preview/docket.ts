import type { Action, RunAction } from '../model/action.ts'
import type { Foresight, NodeName } from '../model/foresight.ts'
import type { PlanStep } from '../model/plan.ts'
import { groundsOf, hasWays, mustAsk, needsGrounds, needsPlace, readingOf, waysOf } from './asking.ts'
import type { Elsewhere } from './elsewhere.ts'
import { Influences } from './influences.ts'
import { effectOfTemplate, type Judged, judge } from './judge.ts'
import { askedOf, forget, type OpenNode } from './open-node.ts'
import type { Rivals, RivalsContext } from './rivals.ts'

export interface DocketContext extends RivalsContext {
  readonly foresight: Foresight
  readonly elsewhere: Elsewhere
  readonly rivals: Rivals
  /** Whether a node has its verdict. */
  readonly isSettled: (node: NodeName) => boolean
  /** Some node of the docket cannot be rendered before these have a verdict. */
  readonly waits: (docket: Docket, nodes: readonly NodeName[]) => void
  readonly settle: (node: OpenNode, judged: Judged) => void
}

/** What a host is to be asked next. */
export interface Asks {
  /** Nothing is asked yet, but whether it can be reached. */
  readonly greets: boolean
  readonly probe: readonly OpenNode[]
  readonly run: readonly OpenNode[]
}

/** The nodes that one host carries out, in the order of the plan, until each has its verdict. */
export class Docket {
  /** Index of the host in the plan. */
  readonly via: number
  readonly #context: DocketContext
  readonly #open = new Set<OpenNode>()
  readonly #influences: Influences
  /** The host has answered. */
  #isReached = false

  constructor(via: number, context: DocketContext) {
    this.via = via
    this.#context = context
    this.#influences = new Influences(via, {
      ...{ ...context, open: this.#open },
      alone: node => this.#alone(node),
      isExpected: node => this.#isExpected(node),
    })
  }

  add(node: OpenNode): void {
    this.#open.add(node)
  }

  get open(): ReadonlySet<OpenNode> {
    return this.#open
  }

  /** The host has answered: what is to be done there has a verdict that is more than a guess. */
  reached(): void {
    this.#isReached = true
  }

  /** Judges what can be judged by now, which lets others be judged in turn. */
  advance(): void {
    this.#influences.reset()
    for (let moved = true; moved; ) {
      moved = false
      for (const node of this.#open) if (node.foreseen === undefined && this.#foresee(node)) moved = true
      if (moved) this.#influences.reset()
      for (const node of this.#open) {
        const judged = this.#judge(node)
        if (judged === undefined) continue
        moved = true
        this.#settle(node, judged)
      }
    }
  }

  #settle(node: OpenNode, judged: Judged): void {
    this.close(node)
    const { verdict, effect, finding } = judged
    if (finding !== undefined) node.finding = finding
    if (effect !== undefined) this.#influences.note(node, effect, verdict.kind === 'change')
    this.#context.settle(node, judged)
    forget(node)
  }

  /** The node has its verdict. */
  close(node: OpenNode): void {
    this.#open.delete(node)
  }

  /** It is not known whether its turn comes: it may do all that its step can. */
  leave(node: OpenNode, because: string): void {
    const effect =
      node.foreseen === undefined
        ? effectOfTemplate(this.#stepOf(node).action)
        : this.#judged(node, because, hasWays(node.finding)).effect
    this.close(node)
    if (effect !== undefined) this.#influences.note(node, effect, false)
  }

  /** What to ask, as far as the answers will count; at most so many probes. */
  asks(probes: number): Asks {
    const probe: OpenNode[] = []
    const run: OpenNode[] = []
    const stoppers: OpenNode[] = []
    // Facts are on the way: what needs them is looked at together with the rest.
    const most = [...this.#open].some(node => this.#waitsForFacts(node)) ? 0 : probes
    const isStopped = (node: OpenNode, action: Action) =>
      !needsPlace(action) && stoppers.some(other => this.#context.order(other, node))
    for (const node of this.#open) {
      const action = askedOf(node)
      if (action === undefined) continue
      if (this.#mayRun(node, action)) run.push(node)
      else if (probe.length < most && this.#isToProbe(node, action) && !isStopped(node, action))
        probe.push(node)
      if (!mustAsk(action) && this.#alone(node)?.effect?.kind === 'anything') stoppers.push(node)
    }
    const greets = !this.#isReached && probe.length + run.length === 0 && [...this.#open].some(isActing)
    return { greets, probe, run }
  }

  #isToProbe(node: OpenNode, action: Action): boolean {
    if (node.asked || node.finding !== undefined) return false
    if (this.#influences.anything !== undefined && !needsPlace(action)) return false
    if (!node.ready && this.#stepOf(node).edges.some(edge => edge.if === 'failed')) return false
    return mustAsk(action) || (node.ready && needsGrounds(action) && this.#influences.mayTouch(node))
  }

  /** What only reads really runs, once nothing before it may change what it reads. */
  #mayRun(node: OpenNode, action: Action): boolean {
    if (action.kind !== 'run' || !action.readOnly || !node.ready || node.running || node.ran !== undefined)
      return false
    if (this.#stepOf(node).hidden || !this.#influences.mayTouch(node)) return true
    if (needsGrounds(action) && node.finding === undefined) return false
    return this.#influences.taint(node, readingOf(action, node.finding)).kind === 'none'
  }

  /** False while it still depends on nodes without a verdict. */
  #foresee(node: OpenNode): boolean {
    const { waitsFor } = node
    if (waitsFor.length > 0 && !waitsFor.some(other => this.#context.isSettled(other))) return false
    const foreseen = this.#context.foresight.render(node.step, node.host)
    if (foreseen.kind === 'waits') {
      node.waitsFor = foreseen.for
      this.#context.waits(this, foreseen.for)
      return false
    }
    node.foreseen = foreseen
    return true
  }

  #judge(node: OpenNode): Judged | undefined {
    if (!node.ready || node.foreseen === undefined) return undefined
    const action = askedOf(node)
    if (!this.#isReached && isActing(node)) return undefined
    if (action === undefined) return this.#judged(node, undefined)
    if (action.kind === 'run' && action.readOnly) return this.#judgeReading(node, action)
    if (!mustAsk(action)) return this.#judged(node, undefined)
    const tainted = this.#influences.anything
    if (node.finding === undefined && (tainted === undefined || needsPlace(action))) return undefined
    if (tainted !== undefined) return this.#judged(node, tainted)
    const taint = this.#influences.taint(node, groundsOf(node.finding))
    const ways = this.#influences.taint(node, waysOf(node.finding))
    if (taint.kind === 'open' || ways.kind === 'open') return undefined
    return this.#judged(node, taint.because, ways.kind === 'tainted')
  }

  #judgeReading(node: OpenNode, action: RunAction): Judged | undefined {
    if (node.ran !== undefined) return this.#judged(node, undefined)
    if (node.running || this.#stepOf(node).hidden || !this.#influences.mayTouch(node)) return undefined
    if (this.#influences.anything === undefined && needsGrounds(action) && node.finding === undefined)
      return undefined
    const taint = this.#influences.taint(node, readingOf(action, node.finding))
    return taint.kind === 'tainted' ? this.#judged(node, taint.because) : undefined
  }

  #judged(
    node: OpenNode,
    taint: string | undefined,
    strays = false,
    makes = (folder: string) => this.#influences.makes(node, folder),
  ): Judged {
    const { step, host, foreseen, finding, ran } = node
    if (foreseen === undefined) throw new Error('a node was judged before it was rendered')
    return judge({
      foreseen,
      template: this.#stepOf(node).action,
      changes: foreseen.kind === 'action' ? this.#context.foresight.changes(step, host) : 'yes',
      finding,
      ...(ran === undefined ? {} : { ran }),
      taint,
      strays,
      makes,
    })
  }

  /** As it would be judged if nothing else happened on the host; undefined while its answer is missing. */
  #alone(node: OpenNode): Judged | undefined {
    if (node.alone !== undefined) return node.alone
    const action = askedOf(node)
    if (action !== undefined && mustAsk(action) && node.finding === undefined) return undefined
    if (node.foreseen === undefined) return undefined
    const judged = this.#judged(node, undefined, hasWays(node.finding), () => 'unsure')
    // What changed_when says may be known later.
    if (this.#stepOf(node).changedWhen === undefined) node.alone = judged
    return judged
  }

  #waitsForFacts({ foreseen, waitsFor }: OpenNode): boolean {
    return foreseen === undefined && waitsFor.some(({ step }) => this.#context.plan.steps[step]?.hidden)
  }

  /** Its answer will come without any more verdicts. */
  #isExpected(node: OpenNode): boolean {
    const action = askedOf(node)
    if (node.foreseen === undefined) return this.#waitsForFacts(node)
    if (action === undefined || !mustAsk(action) || node.finding !== undefined) return false
    return node.asked || this.#isToProbe(node, action)
  }

  #stepOf({ step }: NodeName): PlanStep {
    return this.#context.plan.steps[step] as PlanStep
  }
}

const isActing = ({ foreseen }: OpenNode) => foreseen?.kind === 'action'
