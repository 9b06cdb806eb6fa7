import type { Checkout } from '../../git/checkout.ts'
import type { GitLook } from '../../model/git.ts'
import type { Preview } from '../../model/preview.ts'
import type { CliContext } from '../context.ts'
import { ciOf } from '../execute/ci.ts'
import { maskingOf } from '../execute/masking.ts'
import { type ColorOption, wantsColor } from '../options/color.ts'
import { type PreviewFormat, previewText } from './preview-text.ts'
import { shownPreview } from './shown-paths.ts'

export interface PrintPreviewOptions {
  readonly by?: 'step' | 'host' | undefined
  readonly diff?: boolean | undefined
  readonly format?: PreviewFormat | undefined
  readonly verbose?: boolean | number | undefined
  readonly quiet?: true | undefined
  readonly color: ColorOption
  readonly git?: GitLook
  /** Where the files were taken from, with `--rev`. */
  readonly checkout?: Checkout | undefined
}

/** Columns of what goes into a file or a pipe. */
const WIDTH = 100

/**
 * Writes a preview of hosts that were just asked, in the form that is wanted.
 * @returns how many lines it has
 */
export async function printPreview(
  context: CliContext,
  stream: CliContext['stdout'],
  preview: Preview,
  options: PrintPreviewOptions,
): Promise<number> {
  const { by = 'step', diff = true, quiet = false, format = 'text', git, checkout } = options
  const facts = checkout?.facts ?? (git?.kind === 'facts' ? git.facts : undefined)
  const text = await previewText(checkout === undefined ? preview : shownPreview(preview, checkout), {
    ...{ by, diff, quiet, format, cwd: context.cwd },
    masked: maskingOf(context, preview.plan.hosts),
    color: wantsColor(context, stream, options.color),
    width: stream.columns ?? WIDTH,
    verbose: Boolean(options.verbose),
    ...(facts === undefined ? {} : { git: facts }),
  })
  const ci = format === 'text' ? await ciOf(context) : undefined
  stream.write(ci?.harmless(text) ?? text)
  return text.split('\n').length - 1
}
