import type { Preview } from '../model/preview.ts'

export interface PreviewTextOptions {
  readonly format: PreviewFormat
  readonly color: boolean
  /** Columns of the terminal. */
  readonly width: number
  /** Local paths below it are shown relative to it. */
  readonly cwd: string
  /** Shows all of what is otherwise shortened. */
  readonly verbose: boolean
  readonly by: 'host' | 'step'
  /** Whether differences of contents are shown. */
  readonly diff: boolean
}

export type PreviewFormat = 'text' | 'json' | 'markdown'

/** A preview as it is printed. */
export async function previewText(preview: Preview, options: PreviewTextOptions): Promise<string> {
  const { plan, node } = preview
  const sketch = (step: number, host: number) =>
    node(step, host)?.sketch ?? ({ kind: 'skipped', note: 'it is not in the plan' } as const)
  if (options.format === 'json') {
    const { renderPreviewJson } = await import('../render/preview/json.ts')
    return renderPreviewJson(plan, sketch)
  }
  const { renderPreview } = await import('../render/preview.ts')
  if (options.format === 'text') return renderPreview(plan, sketch, options)
  return `\`\`\`text\n${renderPreview(plan, sketch, { ...options, color: false })}\`\`\`\n`
}
