import { createInterface } from 'node:readline/promises'
import type { CliContext } from './context.ts'

/**
 * Asks a question on the terminal; anything but `y` or `yes` is a no. So is Ctrl-C, which aborts `interrupted` and
 * interrupts the process as well, and the end of the input.
 */
export async function askYesNo(
  { stdin, stderr }: Pick<CliContext, 'stdin' | 'stderr'>,
  question: string,
  interrupted: AbortController,
): Promise<boolean> {
  const reader = createInterface({ input: stdin, output: stderr })
  const stop = () => interrupted.abort()
  // While a line is read, the terminal sends Ctrl-C as a character: the process has to hear of it as well.
  reader.once('SIGINT', () => process.kill(process.pid, 'SIGINT')).once('SIGINT', stop)
  reader.once('close', stop)
  try {
    const answer = await reader.question(question, { signal: interrupted.signal })
    return /^y(es)?$/i.test(answer.trim())
  } catch (error) {
    if (!interrupted.signal.aborted) throw error
    stderr.write('\n')
    return false
  } finally {
    reader.off('close', stop).close()
  }
}
