import { LIMITS } from '../../model/limits.ts'

/**
 * dropbear 2022.83 mixes up a command that starts while another one ends: it drops the new one, and now and then the
 * whole connection. Two commands at once are enough for that.
 */
const DROPBEAR_CHANNELS = 1

/**
 * How many channels of a connection may be open at once. Servers have a limit (MaxSessions, 10 by default, 1 for
 * some) that they only tell by refusing: then no more than what is open is asked for.
 */
export class ChannelSlots {
  #limit: number
  #taken = 0

  /** @param software what the server calls itself, as `OpenSSH_9.2` */
  constructor(software: string) {
    this.#limit = software.startsWith('dropbear') ? DROPBEAR_CHANNELS : LIMITS.channelsPerHost
  }

  take(): boolean {
    if (this.#taken >= this.#limit) return false
    this.#taken += 1
    return true
  }

  /** One more than there should be, for what cannot wait for the others to end. */
  takeExtra(): void {
    this.#taken += 1
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
