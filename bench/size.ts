/** How much a benchmark does. */
export interface Size {
  /** Hosts of the fleet with 1 and with 10 steps. */
  readonly hosts: number
  /** Hosts of which plans are made. */
  readonly previewed: number
  /** Hosts that are connected at the same time. */
  readonly crowd: number
  /** Runs that the medians are taken of. */
  readonly rounds: number
  /** Whether the slow ones (ansible) take part too. */
  readonly slowPeers: boolean
}

/** About two minutes on two cores. */
export const QUICK: Size = { hosts: 100, previewed: 40, crowd: 300, rounds: 3, slowPeers: false }
/** The sizes that the budgets are meant for; several minutes. */
export const FULL: Size = { hosts: 200, previewed: 200, crowd: 1000, rounds: 5, slowPeers: true }
