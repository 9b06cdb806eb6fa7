import { hash } from 'node:crypto'
import type { NodePreview } from '../model/preview.ts'

/** What may differ between hosts whose sketch is the same. */
type Found = Pick<NodePreview, 'verdict' | 'finding' | 'result'>

/** With so many the next one is compared at once; most fleets have no more ways of being. */
const COMPARED = 4

/** Nodes that are the same share one object, so that a fleet of a kind takes little more than one host. */
export class AlikeNodes {
  /** By step, and by the action or sketch that hosts share. */
  readonly #kept: (Map<object, Kept> | undefined)[] = []

  /** `sketch` is what the node shares with others that may be the same; `make` is called for the first of them. */
  share(step: number, sketch: object, found: Found, make: () => NodePreview): NodePreview {
    const ofStep = this.#kept[step] ?? new Map<object, Kept>()
    this.#kept[step] = ofStep
    const kept = ofStep.get(sketch)
    if (kept !== undefined) return kept.share(found, make)
    const made = make()
    ofStep.set(sketch, new Kept(made))
    return made
  }
}

class Kept {
  readonly #compared: NodePreview[]
  /** Once there are too many to compare. */
  #byDigest: Map<string, NodePreview> | undefined

  constructor(first: NodePreview) {
    this.#compared = [first]
  }

  share(found: Found, make: () => NodePreview): NodePreview {
    const same = this.#compared.find(node => isAlike(node, found))
    if (same !== undefined) return same
    if (this.#compared.length < COMPARED) {
      const made = make()
      this.#compared.push(made)
      return made
    }
    this.#byDigest ??= new Map()
    const key = hash('sha256', JSON.stringify(foundOf(found)), 'base64')
    const known = this.#byDigest.get(key)
    if (known !== undefined) return known
    const made = make()
    this.#byDigest.set(key, made)
    return made
  }
}

function foundOf({ verdict, finding, result }: Found): readonly unknown[] {
  return [verdict, finding, result]
}

function isAlike(one: Found, other: Found): boolean {
  return (
    isSame(one.verdict, other.verdict) &&
    isSame(one.finding, other.finding) &&
    isSame(one.result, other.result)
  )
}

/** Of plain data; makes nothing, since it is called for every node. */
function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false
  if (Array.isArray(one) !== Array.isArray(other)) return false
  let more = 0
  for (const key in one) {
    if (!Object.hasOwn(other, key) || !isSame(fieldOf(one, key), fieldOf(other, key))) return false
    more += 1
  }
  for (const _ in other) more -= 1
  return more === 0
}

function fieldOf(data: object, key: string): unknown {
  return data[key as keyof typeof data]
}
