import type { Text } from './shell-text.ts'

/** What a command reads: paths, and commands of these names, wherever they are found; `anything` where it is not known. */
export type CommandReads =
  | { readonly paths: readonly string[]; readonly programs?: readonly string[] }
  | 'anything'

/** What a command of some name reads with these arguments. */
export type Reader = (args: readonly Text[]) => CommandReads

/** With whatever arguments. */
export const READS_NOTHING: Reader = () => ({ paths: [] })

/** For a command of which something is known only if all its arguments are. */
export function ofKnown(reader: (args: readonly string[]) => CommandReads): Reader {
  return args => {
    const known = args.filter(word => word !== undefined)
    return known.length === args.length ? reader(known) : 'anything'
  }
}

/**
 * Reads no file but those that its words may name. `options` are the ones that change nothing about that; not every host
 * takes them after the first file.
 */
export function namedFiles(options: RegExp, more: readonly string[] = []): Reader {
  return ofKnown(args => {
    const isOption = (word: string) => word.length > 1 && word.startsWith('-') && word !== '--'
    const end = args.indexOf('--')
    const before = end === -1 ? args : args.slice(0, end)
    if (before.some(word => isOption(word) && !options.test(word))) return 'anything'
    const first = before.findIndex(word => !isOption(word))
    const operands = [
      ...(first === -1 ? [] : before.slice(first)),
      ...(end === -1 ? [] : args.slice(end + 1)),
    ]
    return { paths: [...operands.filter(word => word !== '' && word !== '-'), ...more] }
  })
}

/** Nothing but what lies in these folders, with arguments that say so. */
export function inFolders(
  folders: readonly string[],
  fits: (args: readonly string[]) => boolean = () => true,
): Reader {
  return ofKnown(args => (fits(args) ? { paths: folders } : 'anything'))
}
