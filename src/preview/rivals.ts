import type { NodeName } from '../model/foresight.ts'
import type { Plan, PlanStep } from '../model/plan.ts'
import { groundsOf } from './asking.ts'
import { Effects } from './effects.ts'
import { effectOfTemplate, type Judged } from './judge.ts'
import type { OpenNode } from './open-node.ts'

export interface RivalsContext {
  readonly plan: Plan
  /** Whether the first node surely ends before the second starts. */
  readonly order: (first: NodeName, second: NodeName) => boolean
}

/** Nodes that may run before a node or at the same time, though nothing says in which order. */
export class Rivals {
  readonly #context: RivalsContext
  /** By step: whether its nodes may change anything. */
  readonly #acts: readonly boolean[]

  constructor(context: RivalsContext) {
    this.#context = context
    this.#acts = context.plan.steps.map(({ action }) => effectOfTemplate(action) !== undefined)
  }

  /** Of a node that is ready: what surely comes before it has a verdict, so these are those that need not come after. */
  of(node: OpenNode, open: Iterable<OpenNode>): readonly OpenNode[] {
    return Array.from(open).filter(other => this.isRival(node, other))
  }

  isRival(node: OpenNode, other: OpenNode): boolean {
    return other !== node && this.acts(other) && !this.#context.order(node, other)
  }

  /** Whether it may change anything. */
  acts({ step }: OpenNode): boolean {
    return this.#acts[step] === true
  }

  /**
   * What they may change: what each would by itself, and where another one may change what its own answer rests on, all
   * that its step can. One that is not known may do all that its step can.
   * @param rivals without those whose answers are on the way: who asks waits for them
   */
  effectsOf(
    rivals: readonly OpenNode[],
    before: Pick<Effects<unknown>, 'touching'>,
    alone: (node: OpenNode) => Judged | undefined,
  ): Effects<OpenNode> {
    const effects = new Effects<OpenNode>()
    let waiting = rivals
    for (let moved = true; moved; ) {
      moved = false
      const quiet: OpenNode[] = []
      for (const rival of waiting) {
        const effect = this.#effect(rival, alone, effects, before)
        if (effect === undefined) quiet.push(rival)
        else {
          effects.add(rival, effect)
          moved = true
        }
      }
      waiting = quiet
    }
    return effects
  }

  #effect(
    rival: OpenNode,
    alone: (node: OpenNode) => Judged | undefined,
    effects: Effects<OpenNode>,
    before: Pick<Effects<unknown>, 'touching'>,
  ) {
    const judged = alone(rival)
    if (judged === undefined) return effectOfTemplate(this.#step(rival).action)
    if (judged.effect !== undefined || rival.finding === undefined) return judged.effect
    const own = groundsOf(rival.finding)
    const isTouched = effects.touching(own) !== undefined || before.touching(own) !== undefined
    return isTouched ? effectOfTemplate(this.#step(rival).action) : undefined
  }

  #step({ step }: OpenNode): PlanStep {
    return this.#context.plan.steps[step] as PlanStep
  }
}
