import type { GitFacts } from '../../model/git.ts'
import type { Preview } from '../../model/preview.ts'

export interface PreviewTextOptions {
  readonly format: PreviewFormat
  readonly color: boolean
  /** Columns of the terminal. */
  readonly width: number
  /** Local paths below it are shown relative to it. */
  readonly cwd: string
  /** Shows all of what is otherwise shortened. */
  readonly verbose: boolean
  /** The last line only. */
  readonly quiet?: boolean
  readonly by: 'host' | 'step'
  /** Whether differences of contents are shown. */
  readonly diff: boolean
  /** Takes secrets out of texts; absent where there are none any more. */
  readonly masked?: (text: string) => string
  readonly git?: GitFacts
  /** Below the name of the playbook, instead of saying that hosts were asked now. */
  readonly intro?: string
}

export type PreviewFormat = 'text' | 'json' | 'markdown'

/** A preview as it is printed. */
export async function previewText(preview: Preview, options: PreviewTextOptions): Promise<string> {
  switch (options.format) {
    case 'json':
      return (await import('../../render/preview/verdicts-json.ts')).renderVerdictsJson(preview, options)
    case 'markdown':
      return (await import('../../render/preview/markdown.ts')).renderVerdictsMarkdown(preview, options)
    case 'text':
      return (await import('../../render/verdicts.ts')).renderVerdicts(preview, options)
  }
}
