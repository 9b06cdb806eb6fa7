import { posix } from 'node:path'
import type { PutAction, RunAction } from '../../src/model/action.ts'
import type { NodePreview } from '../../src/model/preview.ts'
import type { HostName } from './random-case.ts'
import type { Photos } from './tree.ts'
import type { Trial } from './trial.ts'

/**
 * What a second preview would change, though the run has just made it so: puts of which all is as they left it, and
 * commands of which everything that they create is there.
 */
export function stillChanging(trial: Trial, homeOf: (host: HostName) => string): readonly string[] {
  return trial.plan.steps.flatMap(({ index, id, targets }) =>
    Array.from(targets).flatMap(host => {
      const first = trial.preview.node(index, host)
      const again = trial.again.node(index, host)
      const doing = trial.doings.get(`${index}@${host}`)
      const outcome = trial.ends.get(`${index}@${host}`)?.outcome
      if (again?.verdict.kind !== 'change' || doing === undefined) return []
      if (outcome !== 'changed' && outcome !== 'ok') return []
      const settled = isSettled(first, again, doing.after, trial.after[doing.via], homeOf(doing.via))
      return settled ? [`${id} on ${trial.plan.hosts[host]?.name}: would change again`] : []
    }),
  )
}

function isSettled(
  first: NodePreview | undefined,
  again: NodePreview,
  left: Photos,
  now: Photos,
  home: string,
): boolean {
  const action = actionOf(again)
  const { finding } = again
  if (action?.kind === 'run') return isMade(action, now, home)
  if (action?.kind !== 'put' || finding?.kind !== 'put') return false
  if (JSON.stringify(actionOf(first)) !== JSON.stringify(action) || landsElsewhere(first, again)) return false
  const paths = finding.targets.map(path => posix.relative(home, path))
  return paths.every(path => JSON.stringify(left.get(path)) === JSON.stringify(now.get(path)))
}

function actionOf(node: NodePreview | undefined): PutAction | RunAction | undefined {
  const action = node?.sketch.kind === 'action' ? node.sketch.action : undefined
  return action === undefined || action.kind === 'get' ? undefined : action
}

/** As with cp, a folder that is put where nothing is goes into it the next time; so does what finds a folder there. */
function landsElsewhere(first: NodePreview | undefined, { finding }: NodePreview): boolean {
  const places = [first?.finding, finding].map(found =>
    found?.kind === 'put' ? found.targets.join('\n') : 'unknown',
  )
  return places[0] !== places[1]
}

/** Only for what is named in one way: absolute, without links. */
function isMade({ creates }: RunAction, now: Photos, home: string): boolean {
  if (creates.length === 0) return false
  return creates.every(path => path.startsWith('/') && now.has(posix.relative(home, posix.normalize(path))))
}
