/**
 * A parsed YAML file as drover sees it: plain data with places, nothing converted. Anchors are resolved, so a node
 * can be reached along several paths; `size` counts it and all nodes below it, as often as they are reached.
 */
export type YamlNode = YamlScalar | YamlMap | YamlList

/** Where a node stands: offsets into the file's text, `end` exclusive. */
interface Span {
  readonly start: number
  readonly end: number
}

export type ScalarStyle = 'plain' | 'single' | 'double' | 'literal' | 'folded'

export interface YamlScalar extends Span {
  readonly kind: 'scalar'
  readonly type: 'text' | 'number' | 'boolean' | 'null'
  readonly style: ScalarStyle
  /** Quotes, escapes and folds resolved; a number stays as it was written. */
  readonly text: string
  /** Of a block scalar: where its first line starts, and how many columns of indentation each line loses. */
  readonly block?: { readonly start: number; readonly indent: number }
  readonly size: 1
}

export interface YamlEntry {
  readonly key: YamlScalar
  readonly value: YamlNode
}

export interface YamlMap extends Span {
  readonly kind: 'map'
  /** By the key's text, in source order. */
  readonly entries: ReadonlyMap<string, YamlEntry>
  readonly size: number
}

export interface YamlList extends Span {
  readonly kind: 'list'
  readonly items: readonly YamlNode[]
  readonly size: number
}

/** The value of a key, where `node` is a map that has it. */
export function child(node: YamlNode | undefined, key: string): YamlNode | undefined {
  return node?.kind === 'map' ? node.entries.get(key)?.value : undefined
}

/** The key itself, where `node` is a map that has it. */
export function keyOf(node: YamlNode | undefined, key: string): YamlScalar | undefined {
  return node?.kind === 'map' ? node.entries.get(key)?.key : undefined
}

/** Follows map keys and list indexes down; undefined where one leads nowhere. */
export function nodeAt(root: YamlNode, path: readonly string[]): YamlNode | undefined {
  let node: YamlNode | undefined = root
  for (const step of path) node = node?.kind === 'list' ? node.items[Number(step)] : child(node, step)
  return node
}
