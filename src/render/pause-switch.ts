/** Something that draws on the terminal and can make room. */
export interface Pausable {
  /** Takes what it has drawn off the screen and stops drawing. */
  pause(): void
  /** Draws again, from where the cursor is: at the start of a line. */
  resume(): void
}

/** Lets a question to the user have the terminal for itself while a run is being shown. */
export class PauseSwitch {
  #display: Pausable | undefined
  #holders = 0

  /** Whether a question is open: nothing else should be written to the terminal. */
  get isHeld(): boolean {
    return this.#holders > 0
  }

  /** The display to pause from now on; it starts paused when a question is open. */
  attach(display: Pausable): void {
    this.#display = display
    if (this.#holders > 0) display.pause()
  }

  /** Does the work, a question and its answer, with the display out of the way. Several may overlap. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#holders += 1
    if (this.#holders === 1) this.#display?.pause()
    try {
      return await work()
    } finally {
      this.#holders -= 1
      if (this.#holders === 0) this.#display?.resume()
    }
  }

  /** Takes the display off the screen for good: nobody follows the run any more. */
  end(): void {
    this.#holders += 1
    if (this.#holders === 1) this.#display?.pause()
  }
}
