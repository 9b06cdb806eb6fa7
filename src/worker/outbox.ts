const LAZY_MS = 5
const FULL_SIZE = 64 << 10

/**
 * Gathers messages into batches. An urgent one goes with all before it as soon as the event loop comes round, so that
 * what happens at once travels together; a lazy one waits up to 5 ms for company, or until 64 Ki characters are there.
 */
export class Outbox<Message> {
  readonly #send: (batch: Message[]) => void
  #batch: Message[] = []
  #number = 0
  #size = 0
  #immediate: NodeJS.Immediate | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(send: (batch: Message[]) => void) {
    this.#send = send
  }

  /** The number of the batch that is being gathered. */
  get number(): number {
    return this.#number
  }

  pushUrgent(message: Message): void {
    this.#batch.push(message)
    this.#immediate ??= setImmediate(() => this.flush())
  }

  /** `size`: about the characters that the message holds. */
  pushLazy(message: Message, size: number): void {
    this.#batch.push(message)
    this.grow(size)
  }

  /** A message of the batch has become longer. */
  grow(size: number): void {
    this.#size += size
    if (this.#size >= FULL_SIZE) this.flush()
    else this.#timer ??= setTimeout(() => this.flush(), LAZY_MS)
  }

  flush(): void {
    clearImmediate(this.#immediate)
    clearTimeout(this.#timer)
    this.#immediate = undefined
    this.#timer = undefined
    if (this.#batch.length === 0) return
    const batch = this.#batch
    this.#batch = []
    this.#number += 1
    this.#size = 0
    this.#send(batch)
  }
}
