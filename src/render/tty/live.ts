import { stripVTControlCharacters } from 'node:util'
import type { Paint } from '../paint.ts'
import type { RunLabels } from '../run/labels.ts'
import { textWidth } from '../width.ts'
import { renderFrame } from './frame.ts'
import type { TtyScreen } from './screen.ts'
import type { FleetView } from './view.ts'

const FRAME_MS = 100

const FEWEST_ROWS = 6

const SHOW_CURSOR = '\x1b[?25h'
const HIDE_CURSOR = '\x1b[?25l'

/** Output above the rows waits for the next frame, unless there is more of it than this (UTF-16 units). */
const MOST_PENDING = 64 << 10

export interface LiveSettings {
  readonly paint: Paint
  /** How much of the terminal's height the rows may take, above 0 and at most 1. */
  readonly share: number
  /** The run's clock. */
  readonly now: () => number
}

/** The live rows at the bottom of the terminal, and the output that scrolls by above them. */
export class LiveArea {
  readonly #view: FleetView
  readonly #labels: RunLabels
  readonly #screen: TtyScreen
  readonly #paint: Paint
  readonly #share: number
  readonly #now: () => number
  #draw: (() => void) | undefined
  #timer: NodeJS.Timeout | undefined
  #tick = 0
  #paused: PromiseWithResolvers<void> | undefined
  #pending = ''
  /** What stands on the screen now, and the width that it was drawn for. */
  #drawn: { readonly lines: readonly string[]; readonly columns: number } | undefined

  constructor(view: FleetView, labels: RunLabels, screen: TtyScreen, { paint, share, now }: LiveSettings) {
    this.#view = view
    this.#labels = labels
    this.#screen = screen
    this.#paint = paint
    this.#share = share
    this.#now = now
  }

  /** @param draw makes the library show `frame()` */
  start(draw: () => void): void {
    this.#draw = draw
    this.#timer = setInterval(() => void this.#flush(), FRAME_MS)
    this.#timer.unref()
  }

  /** Shows what is left of the output, for the last time above the rows. */
  stop(): void {
    clearInterval(this.#timer)
    this.resume()
    void this.#flush()
    this.#draw = undefined
    this.#drawn = undefined
  }

  /** Clears the rows and leaves the terminal, cursor and all, to a question; output waits. */
  pause(): void {
    if (this.#paused !== undefined) return
    this.#screen.write(eraseUp(this.#drawn?.lines.length ?? 0) + SHOW_CURSOR)
    this.#paused = Promise.withResolvers<void>()
  }

  /** Goes on below the answer, with the rows that were there. */
  resume(): void {
    if (this.#paused === undefined) return
    this.#screen.write((this.#draw === undefined ? '' : HIDE_CURSOR) + this.#rowsAgain())
    this.#paused.resolve()
    this.#paused = undefined
  }

  /** Puts whole lines above the rows. @returns a promise while the terminal cannot take more */
  print(text: string): Promise<void> | undefined {
    this.#pending += text
    return this.#pending.length < MOST_PENDING ? undefined : this.#flush()
  }

  /** The rows as they should look now; the library asks for them when it draws. */
  frame(): string {
    const { columns } = this.#screen
    const rows = Math.max(
      Math.min(FEWEST_ROWS, this.#screen.rows),
      Math.floor(this.#screen.rows * this.#share),
    )
    const clock = { tick: this.#tick, now: this.#now() }
    const lines = renderFrame(this.#view, this.#labels, { columns, rows }, clock, this.#paint)
    this.#drawn = { lines, columns }
    return lines.join('\n')
  }

  #flush(): Promise<void> | undefined {
    if (this.#paused !== undefined)
      return this.#pending.length < MOST_PENDING ? undefined : this.#paused.promise
    this.#tick += 1
    return this.#screen.batch(() => {
      this.#clearReflowed()
      this.#printPending()
      this.#draw?.()
    })
  }

  /**
   * The library keeps a picture of what it drew and later draws over it. So the rows go away, the output takes
   * their place, and the same rows come again below it.
   */
  #printPending(): void {
    if (this.#pending === '') return
    this.#screen.write(eraseUp(this.#drawn?.lines.length ?? 0) + this.#pending + this.#rowsAgain())
    this.#pending = ''
  }

  #rowsAgain(): string {
    return (this.#drawn?.lines ?? []).map(row => `${row}\n`).join('')
  }

  /**
   * A terminal that got narrower has broken the rows into more lines than the library knows of. They are cleared
   * here; the library gets as many empty lines as it believes to be there, and draws over them.
   */
  #clearReflowed(): void {
    const { columns, rows } = this.#screen
    if (this.#drawn === undefined || this.#drawn.columns === columns) return
    const { lines } = this.#drawn
    const widths = lines.map(line => textWidth(stripVTControlCharacters(line)))
    const broken = widths.reduce((sum, width) => sum + Math.max(1, Math.ceil(width / columns)), 0)
    const known = Math.min(lines.length, rows - 1)
    this.#screen.write(eraseUp(Math.min(broken, rows - 1)) + '\n'.repeat(known))
    this.#drawn = { lines: Array.from({ length: known }, () => ''), columns }
  }
}

/** Clears the lines above the cursor, and the cursor's own; what comes next starts where they stood. */
function eraseUp(lines: number): string {
  return lines === 0 ? '' : `\x1b[${lines}A\r\x1b[J`
}
