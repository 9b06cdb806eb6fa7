import type { Node } from './overlap.ts'

/** Two nodes that can run at the same time and write the same path in the same place. */
export interface Race {
  /** In source order. */
  readonly first: Node
  readonly second: Node
  readonly path: string
  readonly kind: 'writes' | 'fetches'
  /** The host where it is written; of what is fetched the one that it comes from. */
  readonly place: number
  /** In how many places more it is the same with the two steps. */
  readonly morePlaces: number
  /** There may be more of them. */
  readonly isPartial: boolean
}
