import type { LongScalar } from './scalar-text.ts'

/** A file as it will be printed: what is inline already is text. */
export type Outline =
  | { readonly kind: 'inline'; readonly text: string }
  | ({ readonly kind: 'long' } & LongScalar)
  | Collection

export interface Collection {
  readonly kind: 'map' | 'list'
  /** `&name`, or empty. */
  readonly anchor: string
  /** In the source: where its entries begin in their lines. */
  readonly column: number
  /** In source order. */
  readonly entries: readonly Entry[]
  /** Comments behind the last entry; an empty one is a blank line. */
  readonly end: string[]
}

/** A key with its value, or an item of a list. */
export interface Entry {
  /** With its colon; a dash for an item. */
  readonly label: string
  /** Where it stands among the entries when printed; the same for all that keep their order. */
  readonly rank: number
  readonly value: Outline
  /** Offsets in the source: of its first character, and of the end of its value. */
  readonly start: number
  readonly stop: number
  readonly column: number
  /** Comments above it; an empty one is a blank line. */
  readonly above: string[]
  /** Comments behind its value, or behind its label where the value is a collection. */
  readonly beside: string[]
}

/** All entries of the outline in source order, each with the collections that it is in, the innermost one first. */
export function* entriesOf(
  outline: Outline,
  around: readonly Collection[] = [],
): Generator<{ readonly entry: Entry; readonly around: readonly Collection[] }> {
  if (outline.kind !== 'map' && outline.kind !== 'list') return
  const inside = [outline, ...around]
  for (const entry of outline.entries) {
    yield { entry, around: inside }
    yield* entriesOf(entry.value, inside)
  }
}
