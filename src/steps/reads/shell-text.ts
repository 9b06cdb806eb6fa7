/** Undefined where only the host knows it. It may begin with HOME. */
export type Text = string | undefined

/** Stands for the path of the home folder, which no text holds. */
export const HOME = '\0'

/**
 * A piece of an expanded word. `plain` stands in the text as it is, `split` comes from an expansion; only `quoted` is
 * never a pattern.
 */
export interface Segment {
  readonly text: Text
  readonly kind: 'quoted' | 'plain' | 'split'
}
