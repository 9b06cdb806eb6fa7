import { LIMITS } from '../../model/limits.ts'

/**
 * How many channels of a connection may be open at once. Servers have a limit (MaxSessions, 10 by default, 1 for
 * some) that they only tell by refusing: then no more than what is open is asked for.
 */
export class ChannelSlots {
  #limit: number = LIMITS.channelsPerHost
  #taken = 0

  take(): boolean {
    if (this.#taken >= this.#limit) return false
    this.#taken += 1
    return true
  }

  release(): void {
    this.#taken -= 1
  }

  /**
   * Gives back what the server has not granted. `byLimit`: it said that there are too many. True where another
   * channel is open, whose end can be waited for.
   */
  refused(byLimit: boolean): boolean {
    this.#taken -= 1
    if (byLimit && this.#taken > 0) this.#limit = this.#taken
    return this.#taken > 0
  }
}
