import { matchesWhole } from '../../model/wildcard.ts'

/** One place of a pattern: any text, or a character that has to be one of some. */
type Part = '*' | ((char: string) => boolean)

/**
 * Whether a pattern is the whole of a name, as the glob(3) of OpenSSH has it: `*`, `?`, `[a-z]`, `[!a]`, and a backslash before what
 * stands for itself.
 */
export function globOf(pattern: string): (name: string) => boolean {
  const parts = partsOf(pattern)
  return name => matches(parts, Array.from(name))
}

function matches(parts: readonly Part[], chars: readonly string[]): boolean {
  return matchesWhole(
    {
      length: parts.length,
      isStar: part => parts[part] === '*',
      fits: (part, at) => {
        const own = parts[part]
        return typeof own === 'function' && own(chars[at] as string)
      },
    },
    chars.length,
  )
}

const CLASS = /\[(?:!|(?!!))((?:\\.|[^\\])(?:\\.|[^\]\\])*)\]/sy

function partsOf(pattern: string): readonly Part[] {
  const parts: Part[] = []
  const lastEnd = pattern.lastIndexOf(']')
  for (let at = 0; at < pattern.length; ) {
    CLASS.lastIndex = at
    const found = pattern[at] === '[' && at < lastEnd ? CLASS.exec(pattern) : null
    const char = String.fromCodePoint(pattern.codePointAt(at) as number)
    const escaped = char === '\\' ? Array.from(pattern.slice(at + 1, at + 3))[0] : undefined
    if (found !== null) parts.push(classOf(found[1] ?? '', pattern[at + 1] === '!'))
    else if (char === '*') parts.push('*')
    else if (char === '?') parts.push(() => true)
    else parts.push(own => own === (escaped ?? char))
    at += found?.[0].length ?? char.length + (escaped?.length ?? 0)
  }
  return parts
}

/** @param members as `a-cx`: a range that ends before it begins has none */
function classOf(members: string, isNegated: boolean): Part {
  const ranges = Array.from(members.matchAll(/\\?(.)(?:-\\?(.))?/gsu), ([, first = '', last = first]) => ({
    first: codeOf(first),
    last: codeOf(last),
  }))
  return char => ranges.some(({ first, last }) => first <= codeOf(char) && codeOf(char) <= last) !== isNegated
}

function codeOf(char: string): number {
  return char.codePointAt(0) ?? 0
}
