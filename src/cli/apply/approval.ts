import type { Preview } from '../../model/preview.ts'
import { count } from '../../model/quantity.ts'
import { reminder } from '../../render/preview/reminder.ts'
import type { CliContext } from '../context.ts'
import type { PreparedPool } from '../execute/prepare-pool.ts'
import type { Inputs } from '../inputs/inputs.ts'
import { type ColorOption, wantsColor } from '../options/color.ts'
import { type LookOptions, lookAtHosts } from '../preview/look.ts'
import { type PrintPreviewOptions, printPreview } from '../preview/print-preview.ts'
import { askYesNo, END_OF_INPUT } from '../terminal/ask-yes-no.ts'
import { forgetTyped } from '../terminal/forget-typed.ts'

export type Approval =
  | { readonly kind: 'approved'; readonly preview: Preview }
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'declined' }
  /** No host can be reached: there was nothing to ask about. */
  | { readonly kind: 'pointless' }

/** Shows what would change, and asks whether to do it. */
export async function askApproval(
  context: CliContext,
  inputs: Inputs,
  pool: PreparedPool,
  options: LookOptions & Pick<PrintPreviewOptions, 'color' | 'verbose'>,
): Promise<Approval> {
  const preview = await lookAtHosts(context, inputs, pool, options)
  if (preview === undefined) return { kind: 'interrupted' }
  const { color, verbose, diff } = options
  const { checkout } = inputs
  const lines = await printPreview(context, context.stderr, preview, { color, verbose, diff, checkout })
  const hosts = preview.plan.hosts.length - preview.unreachable.size
  if (hosts === 0 && preview.unreachable.size > 0) {
    context.stderr.write('\nNot applied: no host can be reached.\n')
    return { kind: 'pointless' }
  }
  if (lines >= (context.stderr.rows ?? Number.POSITIVE_INFINITY)) remind(context, preview, color)
  forgetTyped(context.stdin)
  const { change, unknown } = preview.counts
  const doIt = change + unknown > 0 ? 'Apply this to' : 'Nothing would change. Apply it all the same to'
  const answer = await answerTo(context, `\n${doIt} ${count(hosts, 'host')}? (yes/no) `)
  if (answer === 'yes') return { kind: 'approved', preview }
  context.stderr.write('Not applied: nothing was changed.\n')
  return { kind: answer === 'no' ? 'declined' : 'interrupted' }
}

/** The beginning of a preview that is taller than the terminal is out of sight. */
function remind(context: CliContext, preview: Preview, when: ColorOption): void {
  const { stderr } = context
  const color = wantsColor(context, stderr, when)
  const lines = reminder(preview, { color, width: stderr.columns ?? 80 })
  stderr.write(lines.map(line => `${line}\n`).join(''))
}

/** Ctrl-D is a no, Ctrl-C an interruption. */
async function answerTo(context: CliContext, question: string): Promise<'yes' | 'no' | 'interrupted'> {
  const interrupted = new AbortController()
  const isYes = await askYesNo(context, question, interrupted)
  const { aborted, reason } = interrupted.signal
  if (aborted && reason !== END_OF_INPUT) return 'interrupted'
  return isYes ? 'yes' : 'no'
}
