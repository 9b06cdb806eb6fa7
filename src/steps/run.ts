import { randomBytes } from 'node:crypto'
import type { RunAction } from '../model/action.ts'
import { LIMITS } from '../model/limits.ts'
import type { Captured } from '../model/outcome.ts'
import type { ExecHandlers, ExecRequest } from '../transport/transport.ts'
import { createCapture } from './capture.ts'
import { execUntil, startDeadline } from './deadline.ts'
import { lastLine } from './last-line.ts'
import { brokenOff, CANCELLED, type Ending, failed, toResult } from './result.ts'
import { hasPrelude, runScript, type Verdict } from './run-script.ts'
import type { Apply } from './step.ts'
import { createVerdictFilter } from './verdict-filter.ts'

/**
 * Runs shell text on the host. Exit status 0 is `changed` (`ok` when the step is read-only), a satisfied guard is
 * `ok`, any other status is `failed`; output is shown as it comes, and its head and tail are kept.
 */
export const applyRun: Apply<RunAction> = async (action, context) => {
  const deadline = startDeadline(action.timeoutMs)
  if (context.signal.aborted) return toResult(CANCELLED, deadline)
  const mark = randomBytes(16).toString('hex')
  const script = hasPrelude(action) ? runScript(action, mark) : runScript(action, '')
  const refusal = cannotSend(action, script)
  if (refusal !== undefined) return toResult(refusal, deadline)

  const stdout = createCapture()
  const stderr = createCapture()
  const filter = hasPrelude(action) ? createVerdictFilter(mark) : undefined
  const show = (chunk: Buffer) => {
    if (chunk.length === 0) return
    stdout.add(chunk)
    return context.output('stdout', chunk)
  }
  const handlers: ExecHandlers = {
    onStdout: chunk => show(filter === undefined ? chunk : filter.pass(chunk)),
    onStderr: chunk => {
      stderr.add(chunk)
      return context.output('stderr', chunk)
    },
  }
  const end = await execUntil(deadline, context, request(action, script), handlers).done
  if (filter !== undefined) await show(filter.flush())
  const output = { stdout: stdout.text(), stderr: stderr.text() }
  const ending =
    end.kind === 'exit'
      ? exited(action, end.code, filter?.verdict(), output.stderr)
      : brokenOff(end, action.timeoutMs)
  return toResult(ending, deadline, output)
}

function request(action: RunAction, script: string): ExecRequest {
  const stdin =
    action.stdin === undefined || action.stdin === ''
      ? { kind: 'empty' as const }
      : { kind: 'text' as const, text: action.stdin }
  return { script, env: action.env, stdin }
}

/** What no shell could be given; found before anything is sent. */
function cannotSend(action: RunAction, script: string): Ending | undefined {
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

function exited(action: RunAction, code: number, verdict: Verdict | undefined, stderr: Captured): Ending {
  if (verdict !== undefined) return judged(action, verdict)
  if (code === 0) return { outcome: action.readOnly ? 'ok' : 'changed', exitCode: 0 }
  const line = lastLine(stderr)
  const message = `exit status ${code}${line === '' ? '' : `: ${line}`}`
  return { ...failed('step_exit', message), exitCode: code }
}

function judged(action: RunAction, verdict: Verdict): Ending {
  const folder = JSON.stringify(action.cwd ?? '')
  switch (verdict) {
    case 'creates':
      return { outcome: 'ok', note: 'what it creates is there' }
    case 'removes':
      return { outcome: 'ok', note: 'what it removes is gone' }
    case 'cwd-missing':
      return failed('remote_file', `cwd ${folder} does not exist on the host`)
    case 'cwd-file':
      return failed('remote_file', `cwd ${folder} is not a folder`)
    case 'cwd-denied':
      return failed('remote_file', `cwd ${folder} can't be entered: permission denied`)
  }
}
