import type { CST, Node, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml'
import { isAlias, isMap, isScalar, isSeq } from 'yaml'
import { type MapRole, rankOf, roleUnder } from './key-order.ts'
import type { Collection, Entry, Outline } from './outline.ts'
import { blockScalar, foldedScalar, scalarText } from './scalar-text.ts'

/** A map or list in one line is kept so as long as the line has at most so many columns. */
const WIDEST = 100

type Content = Node | null
type Map = YAMLMap<Scalar, Content>
type Seq = YAMLSeq<Content>

export interface OutlineSource {
  /** With LF line ends. */
  readonly text: string
  /** Offsets of all comments, in order. */
  readonly comments: readonly number[]
  /** False where anchors bind the entries to their order. */
  readonly mayReorder: boolean
}

/** Makes the outline of a document whose root is a block map. */
export function readOutline(source: OutlineSource, root: Map): Collection {
  return new OutlineReader(source).map(root, 'root', { indent: 0, parent: -1 })
}

/** `indent`: of the entries that hold the value; `parent`: the same in the source. */
interface Place {
  readonly indent: number
  readonly parent: number
}

class OutlineReader {
  readonly #source: OutlineSource

  constructor(source: OutlineSource) {
    this.#source = source
  }

  map(map: Map, role: MapRole, { indent }: Place): Collection {
    const first = map.items[0]
    const column = this.#columnOf(startOf(first?.key ?? map))
    const entries = map.items.map(pair => this.#pair(pair, role, { indent, parent: column }))
    return { kind: 'map', anchor: anchorOf(map), column, entries, end: [] }
  }

  #pair({ key, value }: Pair<Scalar, Content>, role: MapRole, place: Place): Entry {
    const label = `${anchorOf(key, ' ')}${this.#scalar(key, false)}:`
    const start = startOf(key)
    const name = String(key.value)
    return {
      label,
      rank: this.#source.mayReorder ? rankOf(role, name) : 0,
      value: this.#value(value, roleUnder(role, name), place, place.indent + label.length + 1),
      start,
      stop: value === null ? (key.range?.[1] ?? start) : this.#stopOf(value),
      column: this.#columnOf(start),
      above: [],
      beside: [],
    }
  }

  #list(list: Seq, role: MapRole, place: Place): Collection {
    const indent = place.indent + 2
    const dashes = dashesOf(list)
    const column = this.#columnOf(dashes[0] ?? startOf(list))
    const entries = list.items.map((item, index): Entry => {
      const start = dashes[index] ?? startOf(item ?? list)
      return {
        label: '-',
        rank: 0,
        value: this.#value(item, role, { indent, parent: column }, indent + 2),
        start,
        stop: item === null ? start + 1 : this.#stopOf(item),
        column: this.#columnOf(start),
        above: [],
        beside: [],
      }
    })
    return { kind: 'list', anchor: anchorOf(list), column, entries, end: [] }
  }

  /** `role`: of the maps in a list, and of a map that is an item. `from`: the column where the value would begin. */
  #value(node: Content, role: MapRole, place: Place, from: number): Outline {
    if (node === null) return { kind: 'inline', text: '' }
    if (isAlias(node)) return { kind: 'inline', text: `*${node.source}` }
    if (isScalar(node)) return this.#scalarValue(node, place)
    if (isMap(node) || isSeq(node)) {
      const inline = this.#inline(node, role)
      if (inline !== undefined && from + inline.length <= WIDEST) return { kind: 'inline', text: inline }
    }
    if (isSeq(node)) return this.#list(node as Seq, role, place)
    return this.map(node as Map, role, { indent: place.indent + 2, parent: place.parent })
  }

  #scalarValue(scalar: Scalar, { indent, parent }: Place): Outline {
    const anchor = anchorOf(scalar, ' ')
    const token = scalar.srcToken
    if (token?.type === 'block-scalar') {
      const header = token.props.find(({ type }) => type === 'block-scalar-header')
      const long = blockScalar(
        header && 'source' in header ? header.source : '|',
        token.source,
        parent,
        indent,
      )
      return { kind: 'long', ...long, header: anchor + long.header }
    }
    const text = this.#slice(scalar)
    if (!text.includes('\n'))
      return { kind: 'inline', text: `${anchor}${this.#scalar(scalar, false)}`.trimEnd() }
    const long = foldedScalar(text, indent)
    return { kind: 'long', ...long, header: anchor + long.header }
  }

  #scalar(scalar: Scalar, inFlow: boolean): string {
    return scalarText(scalar, this.#slice(scalar), inFlow)
  }

  /** A value in one line; undefined where it cannot be, or was not. */
  #inline(node: Content, role: MapRole): string | undefined {
    if (node === null) return undefined
    const anchor = anchorOf(node, ' ')
    if (isAlias(node)) return `*${node.source}`
    if (isScalar(node)) {
      const text = this.#slice(node)
      return text === '' || text.includes('\n') ? undefined : anchor + this.#scalar(node, true)
    }
    if (!(isMap(node) || isSeq(node)) || node.flow !== true || this.#holdsComment(node)) return undefined
    const inner = isMap(node) ? this.#inlinePairs(node as Map, role) : this.#inlineItems(node as Seq, role)
    if (inner === undefined) return undefined
    if (isSeq(node)) return `${anchor}[${inner}]`
    return inner === '' ? `${anchor}{}` : `${anchor}{ ${inner} }`
  }

  #inlinePairs(map: Map, role: MapRole): string | undefined {
    const pairs = map.items.map(({ key, value }) => {
      const name = String(key.value)
      const text = this.#inline(value, roleUnder(role, name))
      const rank = this.#source.mayReorder ? rankOf(role, name) : 0
      return text === undefined ? undefined : { rank, text: `${this.#inline(key, 'other')}: ${text}` }
    })
    if (pairs.includes(undefined)) return undefined
    return pairs
      .filter(pair => pair !== undefined)
      .sort((a, b) => a.rank - b.rank)
      .map(({ text }) => text)
      .join(', ')
  }

  #inlineItems(list: Seq, role: MapRole): string | undefined {
    const items = list.items.map(item => this.#inline(item, role))
    return items.includes(undefined) ? undefined : items.join(', ')
  }

  #holdsComment(node: Node): boolean {
    const [start, end] = node.range ?? [0, 0]
    return this.#source.comments.some(offset => offset > start && offset < end)
  }

  #slice(node: Node): string {
    const [start, end] = node.range ?? [0, 0]
    return this.#source.text.slice(start, end)
  }

  #stopOf(node: Node): number {
    return node.range?.[1] ?? 0
  }

  #columnOf(offset: number): number {
    return offset - (this.#source.text.lastIndexOf('\n', offset - 1) + 1)
  }
}

function startOf(node: Node): number {
  return node.range?.[0] ?? 0
}

function anchorOf(node: Node, after = ''): string {
  return 'anchor' in node && typeof node.anchor === 'string' ? `&${node.anchor}${after}` : ''
}

/** Offsets of the dashes of a block list; none for a list in brackets. */
function dashesOf(list: Seq): readonly (number | undefined)[] {
  const token = list.srcToken as CST.Token | undefined
  if (token?.type !== 'block-seq') return []
  return token.items.map(item => item.start.find(({ type }) => type === 'seq-item-ind')?.offset)
}
