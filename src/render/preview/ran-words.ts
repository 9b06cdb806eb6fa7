import type { NodeResult } from '../../model/outcome.ts'
import type { Shown } from './shown.ts'

/** Of a long line only so much; the rest would not be read in a preview. */
const LENGTH = 200

/** What a step that really ran has to say for itself, in a few words: the line that says most, or how it ended. */
export function ranWords(result: NodeResult, shown: Shown): string {
  const { outcome, exitCode, failure, note, stdout, stderr } = result
  const status = exitCode === undefined ? '' : `exit status ${exitCode}`
  if (outcome === 'ok' || outcome === 'changed')
    return lineOf(stdout.head, 'first', shown) ?? (status || shown(note ?? ''))
  const reason = failure === undefined || failure.code === 'step_exit' ? status : shown(failure.message)
  const line =
    lineOf(stderr.tail || stderr.head, 'last', shown) ?? lineOf(stdout.tail || stdout.head, 'last', shown)
  return [reason, line].filter(Boolean).join(': ')
}

/** Secrets may have several lines: they are taken out before a line is. */
function lineOf(text: string, which: 'first' | 'last', shown: Shown): string | undefined {
  const lines = shown(text.replaceAll('\r\n', '\n'), 'lines').split('\n')
  const isFull = (line: string) => line.trim() !== ''
  const line = (which === 'first' ? lines.find(isFull) : lines.findLast(isFull))?.trim()
  return line === undefined || line.length <= LENGTH ? line : `${line.slice(0, LENGTH)}…`
}
