import { createInterface } from 'node:readline/promises'
import type { CliContext } from '../context.ts'

/** Why nobody answers any more, where it was not Ctrl-C. */
export const END_OF_INPUT = 'the input has ended'

/**
 * Asks a question on the terminal; anything but `y`, `yes` and the `other` yes is a no. So are Ctrl-C, which interrupts
 * the process as well, and the end of the input: both abort `interrupted`.
 *
 * @param insists what is neither yes nor no is asked again
 */
export async function askYesNo(
  { stdin, stderr }: Pick<CliContext, 'stdin' | 'stderr'>,
  question: string,
  interrupted: AbortController,
  { other, insists = false }: { readonly other?: string; readonly insists?: boolean } = {},
): Promise<boolean> {
  const reader = createInterface({ input: stdin, output: stderr })
  const stop = () => interrupted.abort()
  // While a line is read, the terminal sends Ctrl-C as a character: the process has to hear of it as well.
  reader.once('SIGINT', () => process.kill(process.pid, 'SIGINT')).once('SIGINT', stop)
  const end = () => interrupted.abort(END_OF_INPUT)
  reader.once('close', end)
  try {
    for (;;) {
      const answer = (await reader.question(question, { signal: interrupted.signal })).trim()
      if (answer === other || /^y(es)?$/i.test(answer)) return true
      if (!insists || /^no?$/i.test(answer)) return false
    }
  } catch (error) {
    if (!interrupted.signal.aborted) throw error
    stderr.write('\n')
    return false
  } finally {
    reader.off('close', end).close()
  }
}
