import { randomBytes } from 'node:crypto'
import { userInfo } from 'node:os'
import type { RunFacts } from '../expr/scope.ts'
import type { CliContext } from './context.ts'

/** What is known of a run before it starts. Ids sort by time, and two of the same second differ: `20261121-014233-9f3c`. */
export function newRun({ env }: CliContext, now: Date = new Date()): RunFacts {
  const [day, time] = now.toISOString().replace(/[-:]/g, '').split('T') as [string, string]
  return {
    id: `${day}-${time.slice(0, 6)}-${randomBytes(2).toString('hex')}`,
    user: userName(env),
    started: `${now.toISOString().slice(0, 19)}Z`,
  }
}

/** In a container there may be no account for the process's user id. */
function userName(env: CliContext['env']): string {
  try {
    return userInfo().username
  } catch {
    return env.USER ?? env.LOGNAME ?? String(process.getuid?.() ?? '')
  }
}
