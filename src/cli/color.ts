import type { CliContext } from './context.ts'

export type ColorOption = 'auto' | 'always' | 'never'

/** Whether to colour a stream: `--color` decides, then NO_COLOR (no-color.org), then whether it is a terminal. */
export function wantsColor(
  context: CliContext,
  stream: NodeJS.WriteStream,
  option: ColorOption = 'auto',
): boolean {
  if (option !== 'auto') return option === 'always'
  if (context.env.NO_COLOR !== undefined && context.env.NO_COLOR !== '') return false
  return stream.isTTY === true && context.env.TERM !== 'dumb'
}
