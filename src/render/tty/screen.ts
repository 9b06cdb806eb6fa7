import type { Outlet } from '../outlet.ts'

/** Terminals that know it show a batch at once, without flicker; others ignore it. */
const BEGIN_FRAME = '\x1b[?2026h'
const END_FRAME = '\x1b[?2026l'

/** A terminal to draw on piece by piece: one write leaves for each batch of pieces. */
export class TtyScreen {
  readonly #outlet: Outlet
  #batch: string | undefined

  constructor(outlet: Outlet) {
    this.#outlet = outlet
  }

  get columns(): number {
    return this.#outlet.stream.columns || 80
  }

  get rows(): number {
    return this.#outlet.stream.rows || 24
  }

  write(text: string): void {
    if (this.#batch === undefined) this.#outlet.write(text)
    else this.#batch += text
  }

  /** @returns a promise while the terminal cannot take more */
  batch(draw: () => void): Promise<void> | undefined {
    this.#batch = ''
    draw()
    const text = this.#batch
    this.#batch = undefined
    return text === '' ? undefined : this.#outlet.write(BEGIN_FRAME + text + END_FRAME)
  }

  /**
   * The screen in the shape that a drawing library wants: it may replace `write` and wrap the object, and the
   * process's own streams stay as they are. Not a TTY, since it must not mark frames by itself: a batch is one.
   */
  asStream(): NodeJS.WriteStream {
    const screen = this
    const stream = {
      isTTY: false,
      get columns() {
        return screen.columns
      },
      get rows() {
        return screen.rows
      },
      write: (text: string) => {
        screen.write(text)
        return true
      },
    }
    return stream as unknown as NodeJS.WriteStream
  }
}
