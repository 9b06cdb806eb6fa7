import type { PutAction } from '../../model/action.ts'
import type { Failure } from '../../model/errors.ts'
import { type Ending, refused } from '../result.ts'
import { type PlannedPut, readPlanned } from './planned.ts'

/** What was there when it was planned is not what is there now, both as `LOOK` tells it. */
export function driftOfFile({ dest, planned = '' }: PutAction, now: string): Ending {
  return noLongerAsPlanned(dest, howChanged(readPlanned(planned).there.split(' '), now.split(' ')))
}

/** What lies here is not what was planned to be sent; of a plan that saw none of it, nothing is known. */
export function driftOfSource(
  { source, planned = '' }: PutAction,
  { from }: Pick<PlannedPut, 'from'>,
): Ending | undefined {
  const { there, from: known } = readPlanned(planned)
  if (there === '' || known === from) return undefined
  return noLongerAsPlanned(source.kind === 'src' ? source.text : 'content', 'what it holds has changed')
}

function howChanged(planned: readonly string[], now: readonly string[]): string {
  const [was = ''] = planned
  const [is = ''] = now
  if (is === 'new') return 'it disappeared'
  if (was === 'new') return 'it appeared'
  if (was !== is) return is === 'link' ? 'it is a symbolic link now' : 'it is a file now'
  if (is === 'link') return 'the link leads elsewhere'
  const [, content, mode, user, group] = planned
  const changes = [
    ...(content === now[1] ? [] : ['its content changed']),
    ...(mode === now[2] ? [] : [`its mode is ${now[2]} now, not ${mode}`]),
    ...(user === now[3] && group === now[4]
      ? []
      : [`its owner is ${now[3]}:${now[4]} now, not ${user}:${group}`]),
  ]
  return changes.join(', ')
}

/** Problems that say that something else is in the place of what was there when it was planned. */
const IN_THE_WAY: ReadonlySet<string> = new Set(['folder', 'special', 'parent-file', 'not-folder'])

/** A failure of a planned put that means drift; undefined for one that could have been foreseen. */
export function driftInstead(
  { dest, planned }: PutAction,
  report: string,
  failure: Failure,
): Ending | undefined {
  const [problem = ''] = report.split(' ')
  if (planned === undefined) return undefined
  if (IN_THE_WAY.has(problem)) return noLongerAsPlanned(dest, failure.message)
  return problem === 'parent-missing' && readPlanned(planned).there !== 'new'
    ? noLongerAsPlanned(dest, 'it disappeared, with its folder')
    : undefined
}

export function noLongerAsPlanned(path: string, how: string): Ending {
  return refused(`${JSON.stringify(path)} is no longer what the plan saw: ${how}`)
}
