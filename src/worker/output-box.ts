import { LIMITS } from '../model/limits.ts'
import type { Outbox } from './outbox.ts'
import { OutputWindow } from './output-window.ts'
import type { FromWorker } from './protocol.ts'

type Output = Extract<FromWorker, { readonly kind: 'output' }>
/** Until it is sent. */
type OpenOutput = { -readonly [Field in keyof Output]: Output[Field] }

/**
 * The way of output to the controller. A node that prints byte by byte has one message for all of a batch, since each
 * costs much more than a byte, here and there.
 */
export class OutputBox {
  readonly #outbox: Outbox<FromWorker>
  readonly #window = new OutputWindow()
  readonly #last = new Map<string, { readonly batch: number; readonly message: OpenOutput }>()

  constructor(outbox: Outbox<FromWorker>) {
    this.#outbox = outbox
  }

  /** @returns pending while no more should come */
  push(node: string, output: Output): Promise<void> | undefined {
    const last = this.#last.get(node)
    const { length } = output.text
    if (last !== undefined && last.batch === this.#outbox.number && last.message.stream === output.stream) {
      last.message.text += output.text
      this.#outbox.grow(length)
      return this.#window.sent(length)
    }
    const message = { ...output }
    this.#last.set(node, { batch: this.#outbox.number, message })
    this.#outbox.pushLazy(message, length + LIMITS.outputOverhead)
    return this.#window.sent(length + LIMITS.outputOverhead)
  }

  /** Nothing more comes of the node. */
  end(node: string): void {
    this.#last.delete(node)
  }

  /** The controller has taken so much. */
  taken(size: number): void {
    this.#window.taken(size)
  }
}
