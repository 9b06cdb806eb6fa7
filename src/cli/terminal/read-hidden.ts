import { Secret } from '../../model/secret.ts'
import type { CliContext } from '../context.ts'
import { UsageError } from '../usage.ts'

const CTRL_C = '\x03'
const CTRL_D = '\x04'
const CTRL_U = '\x15'
const ERASE = ['\x7f', '\b']

/**
 * Reads one line from the terminal without showing it.
 * @throws UsageError when nothing is typed, or Ctrl-D; Ctrl-C interrupts the process, as it would otherwise
 */
export async function readHidden(
  { stdin, stderr }: Pick<CliContext, 'stdin' | 'stderr'>,
  prompt: string,
): Promise<Secret> {
  // First of all, lest what is typed ahead shows.
  stdin.setRawMode(true).setEncoding('utf8').resume()
  try {
    stderr.write(prompt)
    const line = await lineOf(stdin)
    if (line === undefined || line === '') throw new UsageError('no password was typed')
    return new Secret(line)
  } finally {
    stdin.setRawMode(false).pause()
    stderr.write('\n')
  }
}

function lineOf(stdin: CliContext['stdin']): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>()
  let typed: readonly string[] = []
  const onChar = (char: string) => {
    if (char === '\r' || char === '\n') resolve(typed.join(''))
    else if (char === CTRL_D) resolve(undefined)
    else if (char === CTRL_C) interrupt(stdin)
    else typed = edited(typed, char)
  }
  const onData = (text: string) => {
    for (const char of text) onChar(char)
  }
  const onEnd = () => resolve(undefined)
  stdin.on('data', onData).on('end', onEnd)
  return promise.finally(() => stdin.off('data', onData).off('end', onEnd))
}

function edited(typed: readonly string[], char: string): readonly string[] {
  if (char === CTRL_U) return []
  return ERASE.includes(char) ? typed.slice(0, -1) : [...typed, char]
}

/** While characters are read one by one, the terminal makes no signal of Ctrl-C. */
function interrupt(stdin: CliContext['stdin']): void {
  stdin.setRawMode(false)
  process.kill(process.pid, 'SIGINT')
}
