import { setTimeout } from 'node:timers/promises'
import type { CliContext } from './context.ts'

/** What the terminal already holds is read at once. */
const READING_MS = 20

/** Drops the lines that were typed before a question was there: they cannot have been meant for it. */
export async function forgetTyped(stdin: CliContext['stdin']): Promise<void> {
  const drop = () => {}
  stdin.on('data', drop).resume()
  await setTimeout(READING_MS)
  stdin.off('data', drop).pause()
}
