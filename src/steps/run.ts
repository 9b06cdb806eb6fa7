import { randomBytes } from 'node:crypto'
import type { RunAction } from '../model/action.ts'
import type { Captured } from '../model/outcome.ts'
import type { ExecEnd, ExecHandlers, ExecRequest } from '../transport/transport.ts'
import { createCapture } from './capture.ts'
import { type Deadline, execUntil, startDeadline } from './deadline.ts'
import { lastLine } from './last-line.ts'
import { brokenOff, CANCELLED, type Ending, failed, timedOut, toResult, unknown } from './result.ts'
import { awaitReturn, linkGoesDown } from './run-reconnect.ts'
import { hasPrelude, runScript } from './run-script.ts'
import { cannotSend } from './run-sendable.ts'
import { guardAtWork, preludeEnding } from './run-verdict.ts'
import type { Apply, StepContext } from './step.ts'
import { createVerdictFilter, type Prelude } from './verdict-filter.ts'

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
  const prelude = filter?.prelude()
  const ending =
    (await backAfter(action, end, prelude, deadline, context)) ??
    endingOf(action, end, prelude, output.stderr)
  return toResult(ending, deadline, output)
}

function request(action: RunAction, script: string): ExecRequest {
  const stdin =
    action.stdin === undefined || action.stdin === ''
      ? { kind: 'empty' as const }
      : { kind: 'text' as const, text: action.stdin }
  const become = action.become === undefined ? {} : { become: action.become }
  const detach = action.detach === true ? { detach: true as const } : {}
  return { script, env: action.env, stdin, ...become, ...detach }
}

/** For a step that takes the link down, once it has: how the wait for the host ended. */
async function backAfter(
  action: RunAction,
  end: ExecEnd,
  prelude: Prelude | undefined,
  deadline: Deadline,
  context: StepContext,
): Promise<Ending | undefined> {
  if (action.reconnect !== true) return undefined
  const down = linkGoesDown(end, prelude)
  const ending = down === 'no' ? undefined : await awaitReturn(end, down, prelude?.boot, deadline, context)
  if (ending?.outcome !== 'changed') return ending
  const exitCode = end.kind === 'exit' ? { exitCode: end.code } : {}
  return { ...ending, ...exitCode, outcome: action.readOnly ? 'ok' : 'changed' }
}

function endingOf(action: RunAction, end: ExecEnd, prelude: Prelude | undefined, stderr: Captured): Ending {
  if (end.kind !== 'exit')
    return inGuard(leftRunning(action, end) ?? brokenOff(end, action.timeoutMs), prelude)
  return (prelude && preludeEnding(action, prelude)) ?? exited(action, end.code, stderr)
}

/** A step with `detach` that was not waited for any longer. */
function leftRunning(action: RunAction, end: ExecEnd): Ending | undefined {
  if (action.detach !== true || end.kind !== 'stopped' || end.confirmed) return undefined
  return end.reason === 'timeout'
    ? unknown('step_timeout', `${timedOut(action.timeoutMs)}; left running`)
    : unknown('interrupted', 'not waited for any longer; left running')
}

function exited(action: RunAction, code: number, stderr: Captured): Ending {
  if (code === 0) return { outcome: action.readOnly ? 'ok' : 'changed', exitCode: 0 }
  const line = lastLine(stderr)
  const message = `exit status ${code}${line === '' ? '' : `: ${line}`}`
  return { ...failed('step_exit', message), exitCode: code }
}

/** A step that is broken off in a guard says so: nothing of its script has run. */
function inGuard(ending: Ending, prelude: Prelude | undefined): Ending {
  const guard = prelude === undefined ? undefined : guardAtWork(prelude)
  if (guard === undefined || ending.failure === undefined) return ending
  const message = `${ending.failure.message}, in its ${guard}`
  return { ...ending, failure: { ...ending.failure, message } }
}
