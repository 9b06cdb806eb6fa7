import { Beside, type BesideContext } from './beside.ts'
import { type Changer, ChangerWords } from './changer.ts'
import { type Effect, Effects, type Grounds } from './effects.ts'
import type { Elsewhere } from './elsewhere.ts'
import { actionOf, type OpenNode } from './open-node.ts'
import type { RivalsContext } from './rivals.ts'

/** Whether an answer is still true when its node's turn comes; `open`: other answers are to be waited for. */
export type Taint =
  | { readonly kind: 'none' | 'open'; readonly because: undefined }
  | { readonly kind: 'tainted'; readonly because: string }

const NO_TAINT: Taint = { kind: 'none', because: undefined }

export interface InfluencesContext
  extends Pick<RivalsContext, 'plan'>,
    Pick<BesideContext, 'rivals' | 'open' | 'alone' | 'isExpected'> {
  readonly elsewhere: Elsewhere
}

/** What may change what the answers of one host rest on: nodes before, nodes beside, and nodes on other hosts. */
export class Influences {
  readonly #via: number
  readonly #context: InfluencesContext
  readonly #effects = new Effects<Changer>()
  readonly #beside: Beside
  readonly #words: ChangerWords

  constructor(via: number, context: InfluencesContext) {
    this.#via = via
    this.#context = context
    this.#words = new ChangerWords(context.plan, via)
    this.#beside = new Beside({ ...context, effects: this.#effects })
  }

  /** Answers may have come. */
  reset(): void {
    this.#beside.reset()
  }

  /** A node before those that are open may have that effect; `sure`: it has. */
  note(node: OpenNode, effect: Effect, sure: boolean): void {
    const { step, host } = node
    this.#effects.add({ step, host, sure, as: accountOf(node) }, effect)
    this.#context.elsewhere.add(step, this.#via)
    if (!sure) this.#beside.reset()
  }

  /** That nothing on the host may be as it was: who has changed anything first. */
  get anything(): string | undefined {
    const changer = this.#effects.anything
    return changer === undefined ? undefined : this.#words.before(changer)
  }

  /** Whether anything before a node, or beside it, may change anything at all. */
  mayTouch(node: OpenNode): boolean {
    if (!this.#effects.isEmpty || this.#beside.hasRival(node)) return true
    return this.#context.elsewhere.first(node.step, this.#via) !== undefined
  }

  taint(node: OpenNode, grounds: Grounds): Taint {
    const before = this.#effects.touching(grounds)
    if (before !== undefined) return { kind: 'tainted', because: this.#words.before(before) }
    const elsewhere =
      grounds.contents === 'anything' ? this.#context.elsewhere.first(node.step, this.#via) : undefined
    if (elsewhere !== undefined) return { kind: 'tainted', because: this.#words.elsewhere(elsewhere) }
    const rival = this.#beside.touching(node, grounds)
    if (rival !== undefined) return { kind: 'tainted', because: this.#words.beside(rival) }
    return this.#beside.isWaiting(node) ? { kind: 'open', because: undefined } : NO_TAINT
  }

  /** Whether a folder is sure to be made before a node's turn comes, by a user who leaves it open to the node's. */
  makes(node: OpenNode, folder: string): 'yes' | 'no' | 'unsure' {
    const creator = this.#effects.creator(folder)
    if (creator !== undefined) {
      const isOpen = ['root', creator.as].includes(accountOf(node))
      return creator.sure && creator.host === node.host && isOpen ? 'yes' : 'unsure'
    }
    const grounds = { exists: [folder], contents: [], targets: [] }
    const isTouched = this.#effects.touching(grounds) ?? this.#beside.possiblyTouching(node, grounds)
    return isTouched === undefined ? 'no' : 'unsure'
  }
}

const accountOf = (node: OpenNode) => actionOf(node)?.become?.user ?? ''
