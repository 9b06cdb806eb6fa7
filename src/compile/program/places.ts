import type { Action, RunAction } from '../../model/action.ts'
import type { CheckedLeaf } from '../check/checked.ts'
import type { Draft } from '../lower/block.ts'
import { isLate } from './template-traits.ts'

/**
 * What a step writes, where that is known though the step is not: a command that does nothing and says so. Undefined for
 * a step that changes nothing, or does not say what.
 * @param sketch the step's action, in which what only the run knows stands as it is written
 */
export function placesOf(draft: Draft, { action }: CheckedLeaf, sketch: Action): RunAction | undefined {
  const { become, cwd } = draft.inherited
  if (typeof become === 'object' && isLate(become.code)) return undefined
  const as = sketch.become === undefined ? {} : { become: sketch.become }
  if (action.kind === 'put' && sketch.kind === 'put' && !isLate(action.dest))
    return { ...SILENT, ...as, writes: [sketch.dest], timeoutMs: sketch.timeoutMs }
  if (action.kind !== 'run' || sketch.kind !== 'run' || sketch.writes === undefined || sketch.readOnly)
    return undefined
  const texts = [...(action.writes ?? []), ...(cwd === undefined ? [] : [cwd.code])]
  if (texts.some(isLate)) return undefined
  const from = sketch.cwd === undefined ? {} : { cwd: sketch.cwd }
  return { ...SILENT, ...as, ...from, writes: sketch.writes, timeoutMs: sketch.timeoutMs }
}

const SILENT = { kind: 'run', script: ':', env: [], creates: [], removes: [], readOnly: false } as const
