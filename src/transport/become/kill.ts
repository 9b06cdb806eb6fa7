import type { Become } from '../../model/action.ts'
import type { ExecHandlers, ExecRequest } from '../transport.ts'

/** Ends a step's processes from outside its wrapper, as the user who owns them; the shell `pid` leads their group. */
export function killRequest(pid: number, now: boolean, become: Become | undefined): ExecRequest {
  const kill = `kill -s ${now ? 'KILL' : 'TERM'}`
  const script = `${kill} -- -${pid} 2>/dev/null || ${kill} -- ${pid} 2>/dev/null || :`
  return { script, env: [], stdin: { kind: 'empty' }, ...(become && { become }) }
}

export const SILENT: ExecHandlers = { onStdout: () => {}, onStderr: () => {} }
