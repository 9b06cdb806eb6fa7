import { mustAsk } from './asking.ts'
import type { Effects, Grounds } from './effects.ts'
import type { Judged } from './judge.ts'
import { askedOf, type OpenNode } from './open-node.ts'
import type { Rivals } from './rivals.ts'

export interface BesideContext {
  readonly rivals: Rivals
  /** Nodes of one host. */
  readonly open: ReadonlySet<OpenNode>
  /** What those may have changed that have their verdict. */
  readonly effects: Pick<Effects<unknown>, 'touching'>
  readonly alone: (node: OpenNode) => Judged | undefined
  /** Its answer will come without any more verdicts. */
  readonly isExpected: (node: OpenNode) => boolean
}

/**
 * What else goes on at a host when a node's turn comes. Rivals of a node are looked at one by one only where some node
 * may touch it at all: hundreds of nodes may be carried out on one host, for as many others, and rarely touch the same.
 */
export class Beside {
  readonly #context: BesideContext
  /** Of all rivals together whose answers are here; may hold more, never less. */
  #effects: Effects<OpenNode> | undefined
  #unanswered: readonly OpenNode[] | undefined

  constructor(context: BesideContext) {
    this.#context = context
  }

  /** To be called when more becomes known of a node, and when one may have changed more than it would by itself. */
  reset(): void {
    this.#effects = undefined
    this.#unanswered = undefined
  }

  hasRival(node: OpenNode): boolean {
    for (const other of this.#context.open) if (this.#context.rivals.isRival(node, other)) return true
    return false
  }

  /** The first rival that may change what an answer rests on, without those whose answers are on the way. */
  touching(node: OpenNode, grounds: Grounds): OpenNode | undefined {
    const { rivals, open, isExpected } = this.#context
    if (!this.#hasKnownRival(node)) return undefined
    this.#effects ??= this.#effectsOf([...open].filter(other => rivals.acts(other) && !isExpected(other)))
    if (this.#effects.touching(grounds, node) === undefined) return undefined
    const known = rivals.of(node, open).filter(other => !isExpected(other))
    return this.#effectsOf(known).touching(grounds)
  }

  #hasKnownRival(node: OpenNode): boolean {
    const { rivals, open, isExpected } = this.#context
    for (const other of open) if (rivals.isRival(node, other) && !isExpected(other)) return true
    return false
  }

  /** The same of all rivals: those whose answers are on the way may do all that their steps can. */
  possiblyTouching(node: OpenNode, grounds: Grounds): OpenNode | undefined {
    const { rivals, open } = this.#context
    return this.#effectsOf(rivals.of(node, open)).touching(grounds)
  }

  /** Whether an answer about a rival is on the way. */
  isWaiting(node: OpenNode): boolean {
    const { rivals, open, isExpected } = this.#context
    this.#unanswered ??= [...open].filter(isUnanswered)
    return this.#unanswered.some(other => open.has(other) && rivals.isRival(node, other) && isExpected(other))
  }

  #effectsOf(nodes: readonly OpenNode[]): Effects<OpenNode> {
    const { rivals, effects, alone } = this.#context
    return rivals.effectsOf(nodes, effects, alone)
  }
}

function isUnanswered(node: OpenNode): boolean {
  const action = askedOf(node)
  return (
    node.foreseen === undefined || (action !== undefined && mustAsk(action) && node.finding === undefined)
  )
}
