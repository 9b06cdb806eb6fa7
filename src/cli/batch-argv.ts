import { didYouMean } from '../model/did-you-mean.ts'
import { UsageError } from './usage.ts'

/** An option of the classic tools: one dash, whole words. `long` is what the parser knows it as. */
export interface BatchOption {
  readonly name: string
  readonly long: string
  /** What its value is called in messages; absent: it takes none. */
  readonly value?: string
}

/** What both tools take besides their own. */
export const COMMON_BATCH_OPTIONS: readonly BatchOption[] = [
  { name: '-h', long: '--hosts', value: 'hosts' },
  { name: '-g', long: '--groups', value: 'groups' },
  { name: '-i', long: '--inventory', value: 'an inventory' },
  { name: '-l', long: '--limit', value: 'a pattern' },
  { name: '-f', long: '--forks', value: 'a number' },
  { name: '-t', long: '--timeout', value: 'a duration' },
  { name: '-timeout', long: '--timeout', value: 'a duration' },
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
  for (let at = 0; at < argv.length; ) {
    const taken = takeOption(argv.slice(at, at + 2), options)
    rewritten.push(...taken.words)
    at += taken.count
  }
  return rewritten
}

/** Rewrites the option that the words start with; `count` of them belong to it. */
function takeOption(
  [word = '', next]: readonly string[],
  options: readonly BatchOption[],
): { readonly words: readonly string[]; readonly count: number } {
  if (/^--./.test(word)) {
    const isPair = !word.includes('=') && next !== undefined && !next.startsWith('-')
    return isPair ? { words: [word, next], count: 2 } : { words: [word], count: 1 }
  }
  const { name, long, value } = findOption(word, options)
  if (value === undefined) return { words: [long], count: 1 }
  const inline = word.indexOf('=')
  if (inline > 0) return { words: [`${long}=${word.slice(inline + 1)}`], count: 1 }
  if (next === undefined) throw new UsageError(`${name} needs ${value}`)
  return { words: [`${long}=${next}`], count: 2 }
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
