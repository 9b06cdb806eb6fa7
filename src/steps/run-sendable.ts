import type { RunAction } from '../model/action.ts'
import { LIMITS } from '../model/limits.ts'
import { type Ending, failed } from './result.ts'

/** Why no shell could be given the action, whose shell text is `script`; found before anything is sent. */
export function cannotSend(action: RunAction, script: string): Ending | undefined {
  const size = Buffer.byteLength(script)
  if (size > LIMITS.scriptBytes) {
    const message = `the command has ${size} bytes; a shell takes at most ${LIMITS.scriptBytes}`
    return failed('step_render', message, 'put it on the host as a file and run that')
  }
  const stdin = Buffer.byteLength(action.stdin ?? '')
  if (stdin > LIMITS.stdinBytes) {
    const message = `stdin has ${stdin} bytes; at most ${LIMITS.stdinBytes} are sent`
    return failed('step_render', message, 'put it on the host as a file and read that')
  }
  const nul = script.includes('\0') || action.env.some(([, value]) => value.includes('\0'))
  return nul ? failed('step_render', 'a NUL character cannot stand in a command') : undefined
}
