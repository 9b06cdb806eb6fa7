import type { RunAction } from '../model/action.ts'
import { lastLine } from './last-line.ts'
import { type Ending, failed, refused } from './result.ts'
import { GUARD_BROKEN } from './run-guard.ts'
import type { Finding, GuardReport, Prelude } from './verdict-filter.ts'

/**
 * How the step ended by what came before its script, once its shell has exited; undefined: the script has run. A guard
 * that holds where the plan saw none is drift.
 */
export function preludeEnding(action: RunAction, prelude: Prelude): Ending | undefined {
  const ending = asFound(action, prelude)
  if (action.planned !== 'runs' || action.again === true || ending?.outcome !== 'ok') return ending
  return refused(`the plan saw it run, but now ${ending.note}`)
}

function asFound(action: RunAction, { finding, guard, over }: Prelude): Ending | undefined {
  if (finding !== undefined) return found(action, finding)
  if (guard === undefined || (over && guard.status === undefined)) return undefined
  return decided(guard)
}

/** Which guard a step was at when it was broken off. */
export function guardAtWork({ guard, over }: Prelude): GuardReport['name'] | undefined {
  return over ? undefined : guard?.name
}

function decided({ name, status, output }: GuardReport): Ending {
  const line = lastLine(output)
  const said = line === '' ? '' : `: ${line}`
  if (status === undefined) {
    return failed('step_condition', `${name} is not valid shell text${said}`, 'guards are for /bin/sh')
  }
  if (status >= GUARD_BROKEN) {
    return failed('step_condition', `${name} could not run: exit status ${status}${said}`)
  }
  if (name === 'unless') return { outcome: 'ok', note: 'its unless holds' }
  return { outcome: 'ok', note: `its only_if does not hold: exit status ${status}${said}` }
}

function found({ cwd = '', shell = '' }: RunAction, finding: Finding): Ending {
  const folder = JSON.stringify(cwd)
  switch (finding) {
    case 'ready':
      return refused('the plan saw a guard that keeps it from running, but now none does')
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
    case 'shell-missing':
      return failed('remote_shell', `the host has no shell ${JSON.stringify(shell)}`)
  }
}
