import type { Sketch } from '../model/sketch.ts'

/** What stands in a sketch for what was not kept. */
export const DIFFERS = '(differs by host, not kept)'
export const TOO_LONG = '(too long, not kept)'

const MOST = 1024

/** Keys whose texts are words of drover's own. */
const OWN_WORDS: ReadonlySet<string> = new Set(['kind', 'method', 'code', 'planned'])

/** What a sketch has in common with another one of the same kind. Few of them differ, however many sketches do. */
export function commonSketch(base: Sketch, sketch: Sketch): Sketch {
  return commonFields(base, sketch) as Sketch
}

function commonFields(base: object, other: object): object {
  const own = base as Readonly<Record<string, unknown>>
  return Object.fromEntries(
    Object.entries(other)
      .filter(([key, value]) => value !== undefined && own[key] !== undefined)
      .map(([key, value]) => [key, OWN_WORDS.has(key) ? value : common(own[key], value)]),
  )
}

function common(base: unknown, other: unknown): unknown {
  if (typeof other === 'string') return base !== other ? DIFFERS : other.length > MOST ? TOO_LONG : other
  if (Array.isArray(base) && Array.isArray(other)) {
    if (base.length === other.length) return other.map((item, at) => common(base[at], item))
    return [blank(base[0] ?? other[0])]
  }
  return typeof other === 'object' && other !== null && typeof base === 'object' && base !== null
    ? commonFields(base, other)
    : other
}

/** An item of a list of texts, or of pairs of texts. */
function blank(item: unknown): unknown {
  return Array.isArray(item) ? item.map(blank) : DIFFERS
}
