import { didYouMean } from '../../model/did-you-mean.ts'
import { UsageError } from '../usage.ts'

/** An option of the classic tools: one dash, whole words. `long` is what the parser knows it as. */
export interface BatchOption {
  readonly name: string
  readonly long: string
  /** What its value is called in messages; absent: it takes none. */
  readonly value?: string
  /** Its value may look like another option: the text of a command. */
  readonly takesAny?: true
}

/** These add up when they come again; of all others only one can be meant. */
const REPEATABLE: ReadonlySet<string> = new Set(['--hosts', '--groups', '--inventory', '--verbose'])

/** What both tools take besides their own. */
export const COMMON_BATCH_OPTIONS: readonly BatchOption[] = [
  { name: '-h', long: '--hosts', value: 'hosts' },
  { name: '-g', long: '--groups', value: 'groups' },
  { name: '-i', long: '--inventory', value: 'an inventory' },
  { name: '-l', long: '--limit', value: 'a pattern' },
  { name: '-f', long: '--forks', value: 'a number' },
  { name: '-t', long: '--timeout', value: 'a duration' },
  { name: '-timeout', long: '--timeout', value: 'a duration' },
  { name: '-b', long: '--become' },
  { name: '-K', long: '--ask-become-pass' },
  { name: '-y', long: '--yes' },
  { name: '-v', long: '--verbose' },
  { name: '-q', long: '--quiet' },
]

/**
 * Rewrites the classic form, `-h h1,h2 -cmd "df -h"`, into long options for the parser. `-h` means hosts here; alone
 * it asks for help. Long options pass through as they are.
 * @throws UsageError for what is no option, and for an option without its value
 */
export function rewriteBatchArgv(
  argv: readonly string[],
  options: readonly BatchOption[],
): readonly string[] {
  if (argv.length === 1 && ['-h', '-help', '-?'].includes(argv[0] ?? '')) return ['--help']
  const rewritten: string[] = []
  const seen = new Set<string>()
  for (let at = 0; at < argv.length; ) {
    const taken = takeOption(argv.slice(at, at + 2), options)
    const { once } = taken
    if (once !== undefined && seen.has(once.long)) throw new UsageError(`${once.name} is given twice`)
    if (once !== undefined) seen.add(once.long)
    rewritten.push(...taken.words)
    at += taken.count
  }
  return rewritten
}

interface Taken {
  readonly words: readonly string[]
  /** So many words of the command line belong to the option. */
  readonly count: number
  /** The option, if it has a value and can be given once only. */
  readonly once?: BatchOption
}

/** Rewrites the option that the words start with. */
function takeOption([word = '', next]: readonly string[], options: readonly BatchOption[]): Taken {
  if (/^--./.test(word)) {
    const isPair = !word.includes('=') && next !== undefined && !next.startsWith('-')
    return isPair ? { words: [word, next], count: 2 } : { words: [word], count: 1 }
  }
  const option = findOption(word, options)
  const { name, long, value } = option
  if (value === undefined) return { words: [long], count: 1 }
  const once = REPEATABLE.has(long) ? {} : { once: option }
  const inline = word.indexOf('=')
  if (inline > 0) return { words: [`${long}=${word.slice(inline + 1)}`], count: 1, ...once }
  const isOption = option.takesAny !== true && options.some(other => other.name === next)
  if (next === undefined || isOption) throw new UsageError(`${name} needs ${value}`)
  return { words: [`${long}=${next}`], count: 2, ...once }
}

function findOption(word: string, options: readonly BatchOption[]): BatchOption {
  const name = word.replace(/=.*$/s, '')
  const option = options.find(candidate => candidate.name === name)
  if (option !== undefined) return option
  if (!word.startsWith('-'))
    throw new UsageError(`"${word}" belongs to no option; a value with spaces is quoted, as in -cmd "df -h"`)
  const hint = didYouMean(
    name,
    options.map(candidate => candidate.name),
  )
  throw new UsageError(`there is no option "${name}"${hint === undefined ? '' : `; ${hint}`}`)
}
