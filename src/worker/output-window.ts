import { OUTPUT_WINDOW } from './protocol.ts'

/** Holds output back while too much of it is under way to the controller; what waits stays on the hosts. */
export class OutputWindow {
  #underWay = 0
  #opened: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined

  /** So many characters were sent; pending while no more should be. */
  sent(size: number): Promise<void> | undefined {
    this.#underWay += size
    if (this.#underWay < OUTPUT_WINDOW) return undefined
    this.#opened ??= Promise.withResolvers<void>()
    return this.#opened.promise
  }

  /** The controller has taken so many. */
  taken(size: number): void {
    this.#underWay -= size
    if (this.#underWay >= OUTPUT_WINDOW) return
    this.#opened?.resolve()
    this.#opened = undefined
  }
}
