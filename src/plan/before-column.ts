import { Malformed } from './codec/codec.ts'
import { list, object } from './codec/compound.ts'
import { count, matching } from './codec/scalars.ts'

/**
 * One line for each host of a group, or one for all of them. What hosts have differs mostly in its SHA-256 digests: they
 * stand apart, shorter, and the pieces around them are shared.
 */
export interface BeforeColumn {
  /** Indexes of patterns, the pieces between digests: one for all hosts, or one for each. */
  readonly patterns: readonly number[]
  /** Of all hosts in their order, base64url, one after the other. */
  readonly digests: string
}

export const beforeColumn = object<BeforeColumn>({
  patterns: list(count),
  digests: matching(/^[\w-]*$/, 'digests'),
})

const HEX = /(?<![0-9a-f])([0-9a-f]{64})(?![0-9a-f])/
const DIGEST = 43

/** Gathers the patterns of a file. */
export class BeforePatterns {
  readonly patterns: (readonly string[])[] = []
  readonly #index = new Map<string, number>()

  column(lines: readonly string[]): BeforeColumn {
    const [first] = lines
    const own = first !== undefined && lines.every(line => line === first) ? [first] : lines
    const split = own.map(line => line.split(HEX))
    return {
      patterns: split.map(pieces => this.#patternOf(pieces.filter((_, at) => at % 2 === 0))),
      digests: split.flatMap(pieces => pieces.filter((_, at) => at % 2 === 1).map(shortened)).join(''),
    }
  }

  #patternOf(pieces: readonly string[]): number {
    const key = JSON.stringify(pieces)
    const known = this.#index.get(key)
    if (known !== undefined) return known
    this.#index.set(key, this.patterns.length)
    this.patterns.push(pieces)
    return this.patterns.length - 1
  }
}

/**
 * The lines of `hosts` hosts.
 * @throws Malformed
 */
export function linesOf(
  { patterns, digests }: BeforeColumn,
  known: readonly (readonly string[])[],
  hosts: number,
): readonly string[] {
  if (patterns.length !== 1 && patterns.length !== hosts) throw new Malformed('is not a line for each host')
  let at = 0
  const lines = patterns.map(index => {
    const pieces = known[index]
    if (pieces === undefined) throw new Malformed('names a pattern that is not there')
    const text = pieces.map((piece, place) => {
      if (place === pieces.length - 1) return piece
      at += DIGEST
      return piece + lengthened(digests.slice(at - DIGEST, at))
    })
    return text.join('')
  })
  if (at !== digests.length) throw new Malformed('has too few or too many digests')
  return patterns.length === hosts ? lines : Array.from({ length: hosts }, () => lines[0] ?? '')
}

function shortened(hex: string): string {
  return Buffer.from(hex, 'hex').toString('base64url')
}

function lengthened(digest: string): string {
  return Buffer.from(digest, 'base64url').toString('hex')
}
