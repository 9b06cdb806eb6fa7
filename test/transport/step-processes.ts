import { randomInt } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** An argument for `sleep` that no other process has. */
export function uniqueSeconds(): string {
  return `${randomInt(1_000_000, 9_000_000)}`
}

/** The living processes that have a text in their arguments. */
export function processesNaming(text: string): readonly number[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .filter(pid => argumentsOf(pid).includes(text))
    .map(Number)
}

/** Resolves when no process names the text any more. */
export async function untilGone(text: string): Promise<void> {
  for (const end = Date.now() + 45_000; processesNaming(text).length > 0; await sleep(20)) {
    if (Date.now() > end) throw new Error(`still running: ${processesNaming(text).map(told).join('; ')}`)
  }
}

/** Whether it runs, sleeps or waits for a disk (D), whose child it is, and what it does. */
function told(pid: number): string {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return `${stat.slice(0, 60)} ${argumentsOf(`${pid}`).replaceAll('\0', ' ')}`
}

/** Empty for zombies and for processes that have ended meanwhile. */
function argumentsOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}
