import type { Checkout } from '../git/checkout.ts'
import type { GitLook } from '../model/git.ts'
import type { Preview } from '../model/preview.ts'
import { type ColorOption, wantsColor } from './color.ts'
import type { CliContext } from './context.ts'
import { maskingOf } from './masking.ts'
import { shownPreview } from './shown-paths.ts'

export interface PrintPreviewOptions {
  readonly by?: 'step' | 'host' | undefined
  readonly diff?: boolean | undefined
  readonly format?: string | undefined
  readonly verbose?: boolean | number | undefined
  readonly quiet?: true | undefined
  readonly color: ColorOption
  readonly git?: GitLook
  /** Where the files were taken from, with `--rev`. */
  readonly checkout?: Checkout | undefined
  /** Below the name of the playbook, instead of saying that hosts were asked now. */
  readonly intro?: string
}

/** Columns of what goes into a file or a pipe. */
const WIDTH = 100

/** Writes a preview in the form that is wanted. */
export async function printPreview(
  context: CliContext,
  stream: CliContext['stdout'],
  preview: Preview,
  options: PrintPreviewOptions,
): Promise<void> {
  const masked = maskingOf(preview.plan.hosts)
  const { by = 'step', diff = true, quiet = false, intro, git, checkout } = options
  const shown = checkout === undefined ? preview : shownPreview(preview, checkout)
  switch (options.format) {
    case 'json': {
      const { renderVerdictsJson } = await import('../render/preview/verdicts-json.ts')
      const facts = checkout?.facts ?? (git?.kind === 'facts' ? git.facts : undefined)
      const settings = { diff, masked, ...(facts === undefined ? {} : { git: facts }) }
      return void stream.write(renderVerdictsJson(shown, settings))
    }
    default: {
      const { renderVerdicts } = await import('../render/verdicts.ts')
      const settings = {
        ...{ by, diff, quiet, masked, cwd: context.cwd },
        color: wantsColor(context, stream, options.color),
        width: stream.columns ?? WIDTH,
        verbose: Boolean(options.verbose),
        ...(intro === undefined ? {} : { intro }),
      }
      stream.write(renderVerdicts(shown, settings))
    }
  }
}
