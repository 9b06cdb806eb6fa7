/** What a change of state leads to, told at once and in order. A listener must not change the state from within. */
export interface StateChanges {
  /** Everything that the node needs is satisfied. */
  ready(node: number): void
  /**
   * The node ended without running: `blocked` by `cause`, the node that failed first; `cancelled`; or `skipped`, as
   * nothing failed that it is to clean up after.
   */
  ended(node: number, outcome: 'blocked' | 'cancelled' | 'skipped', cause: number | undefined): void
}
