import { randomInt } from 'node:crypto'
import { userInfo } from 'node:os'
import type { RunFacts } from '../../expr/scope.ts'
import type { CliContext } from '../context.ts'

/** What is known of a run before it starts. Ids sort by time, to the millisecond, and two of the same one differ. */
export function newRun({ env }: CliContext, now: Date = new Date()): RunFacts {
  const [day, time] = now.toISOString().replace(/[-:]/g, '').split('T') as [string, string]
  return {
    id: `${day}-${time.slice(0, 6)}-${withinSecond(now)}`,
    user: userName(env),
    started: `${now.toISOString().slice(0, 19)}Z`,
  }
}

/** Four digits in base 16: which part of the second it is, and chance for what is left of them. `9f3c` */
function withinSecond(now: Date): string {
  const part = (now.getUTCMilliseconds() * 0x1_0000) / 1000
  return Math.floor(part + randomInt(65))
    .toString(16)
    .padStart(4, '0')
}

/** In a container there may be no account for the process's user id. */
function userName(env: CliContext['env']): string {
  try {
    return userInfo().username
  } catch {
    return env.USER ?? env.LOGNAME ?? String(process.getuid?.() ?? '')
  }
}
