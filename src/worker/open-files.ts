import type { FileBudget } from './file-limit.ts'

/** A connection that can do without being open as long as nobody uses it. */
export interface Parkable {
  readonly idle: boolean
  /** Ends the connection; resolves when it is closed. It is made anew when somebody needs it. */
  park(): Promise<void>
}

/**
 * Keeps a worker below its limit of open files: connections are opened as far as there is room, those that nobody uses
 * are closed to make some, and all others wait. A node takes its place before it asks for a connection, and there are
 * no more of those places than connections: whoever waits is waited for by nobody.
 */
export class OpenFiles {
  readonly #budget: FileBudget
  /** In the order in which they were opened. */
  readonly #links = new Set<Parkable>()
  readonly #linksWaiting = new Map<Parkable, () => void>()
  readonly #nodesWaiting = new Set<() => void>()
  #nodes = 0
  /** Links that are being closed to make room. */
  #parking = 0

  constructor(budget: FileBudget) {
    this.#budget = budget
  }

  /** Resolves with true when a node may go on, and `leaveNode` is to be called; with false when `signal` aborts. */
  enterNode(signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return Promise.resolve(false)
    if (this.#nodes < this.#budget.nodes) {
      this.#nodes += 1
      return Promise.resolve(true)
    }
    return new Promise(resolve => {
      const settle = (entered: boolean) => {
        this.#nodesWaiting.delete(enter)
        signal.removeEventListener('abort', leave)
        resolve(entered)
      }
      const enter = () => settle(true)
      const leave = () => settle(false)
      this.#nodesWaiting.add(enter)
      signal.addEventListener('abort', leave, { once: true })
    })
  }

  leaveNode(): void {
    const [next] = this.#nodesWaiting
    if (next === undefined) this.#nodes -= 1
    else next()
  }

  /** Resolves when the link may connect. One that has room already keeps it. */
  enterLink(link: Parkable): Promise<void> {
    if (this.#links.has(link)) return Promise.resolve()
    if (this.#links.size < this.#budget.links) {
      this.#links.add(link)
      return Promise.resolve()
    }
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#linksWaiting.set(link, resolve)
    this.makeRoom()
    return promise
  }

  /** The link is closed, or does not want to be opened any more. */
  leaveLink(link: Parkable): void {
    this.#linksWaiting.get(link)?.()
    this.#linksWaiting.delete(link)
    if (this.#links.delete(link)) this.#admit()
  }

  /** Closes links that nobody uses, as many as others wait for room. To be called when one falls idle. */
  makeRoom(): void {
    let wanted = this.#linksWaiting.size - this.#parking
    for (const link of this.#links) {
      if (wanted <= 0) return
      if (!link.idle) continue
      wanted -= 1
      void this.#park(link)
    }
  }

  /** Its room is free when it is closed. */
  async #park(link: Parkable): Promise<void> {
    this.#parking += 1
    this.#links.delete(link)
    const closing: Parkable = { idle: false, park: () => Promise.resolve() }
    this.#links.add(closing)
    await link.park()
    this.#parking -= 1
    this.leaveLink(closing)
  }

  #admit(): void {
    const [next] = this.#linksWaiting
    if (next === undefined || this.#links.size >= this.#budget.links) return
    const [link, go] = next
    this.#linksWaiting.delete(link)
    this.#links.add(link)
    go()
  }
}
