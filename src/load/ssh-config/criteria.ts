import { cutWord } from './words.ts'

/** One condition of a `Match` line. */
export interface Criterion {
  /** In lower case. */
  readonly name: string
  readonly negated: boolean
  /** Empty where the criterion takes none. */
  readonly value: string
}

/** Criteria without a value. */
const BARE: ReadonlySet<string> = new Set(['all', 'final', 'canonical'])

/** Those whose value may be empty. */
const MAY_BE_EMPTY: ReadonlySet<string> = new Set(['tagged', 'command'])

const KNOWN: ReadonlySet<string> = new Set([
  ...BARE,
  ...MAY_BE_EMPTY,
  ...['host', 'originalhost', 'user', 'localuser', 'exec', 'localnetwork', 'sessiontype', 'version'],
])

/** The conditions of a `Match` line, as match_cfg_line in OpenSSH's readconf.c reads them; a text says what is wrong. */
export function criteriaOf(line: string): readonly Criterion[] | string {
  const criteria: Criterion[] = []
  let left: string | undefined = line
  while (left !== undefined && left !== '' && !left.startsWith('#')) {
    const cut = cutWord(left)
    if (cut === undefined) return 'a quote is not closed'
    const negated = cut.word.startsWith('!')
    const name = cut.word.slice(negated ? 1 : 0).toLowerCase()
    if (cut.word === '') break
    if (!KNOWN.has(name)) return `Match has no criterion "${cut.word}"`
    left = cut.rest
    if (BARE.has(name)) criteria.push({ name, negated, value: '' })
    else {
      const value = argumentOf(name, left)
      if (typeof value === 'string') return value
      criteria.push({ name, negated, value: value.word })
      left = value.rest
    }
  }
  return (
    wrongWithAll(criteria) ?? (criteria.length === 0 ? 'Match has no criteria that can be read' : criteria)
  )
}

function argumentOf(name: string, left: string | undefined) {
  const cut = cutWord(left ?? '')
  const isEmpty = cut?.word === '' && !(MAY_BE_EMPTY.has(name) && left?.startsWith('"') === true)
  return cut === undefined || isEmpty || cut.word.startsWith('#') ? `Match ${name} has no value` : cut
}

/** `all` stands last, and behind one other at most. */
function wrongWithAll(criteria: readonly Criterion[]): string | undefined {
  const at = criteria.findIndex(({ name }) => name === 'all')
  return at >= 0 && (at > 1 || at < criteria.length - 1)
    ? 'Match all stands beside other criteria'
    : undefined
}
