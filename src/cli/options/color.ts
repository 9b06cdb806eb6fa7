import type { CliContext } from '../context.ts'

export type ColorOption = 'auto' | 'always' | 'never'

/**
 * Whether to colour a stream: `--color` decides, then NO_COLOR (no-color.org), then FORCE_COLOR, then whether it is a
 * terminal that can. A variable that is empty says nothing.
 */
export function wantsColor(
  context: Pick<CliContext, 'env'>,
  stream: { readonly isTTY?: boolean },
  option: ColorOption = 'auto',
): boolean {
  if (option !== 'auto') return option === 'always'
  const { NO_COLOR = '', FORCE_COLOR = '', TERM } = context.env
  if (NO_COLOR !== '') return false
  if (FORCE_COLOR !== '') return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false'
  return stream.isTTY === true && TERM !== 'dumb'
}

/** What a command line says of colours, for telling what is wrong with the rest of it. */
export function colorAsked(argv: readonly string[]): ColorOption {
  let asked: ColorOption = 'auto'
  for (const [at, word] of argv.entries()) {
    if (word === '--') break
    const value = word === '--color' ? argv[at + 1] : /^--color=(.*)$/s.exec(word)?.[1]
    if (value === 'always' || value === 'never' || value === 'auto') asked = value
  }
  return asked
}
