import { count } from '../model/quantity.ts'
import { escapeText } from './escape.ts'
import { wrapText } from './wrap.ts'

/** What is told of a saved plan besides what it would do. */
export interface SavedPlanFacts {
  readonly file: string
  readonly time: string
  readonly user: string
  /** Of drover. */
  readonly version: string
  readonly rev?: string | undefined
  readonly git?:
    | {
        readonly commit?: string
        readonly branch?: string
        readonly dirtyCount: number
        readonly remote?: { readonly url: string }
      }
    | undefined
  /** The times it was applied, the last one last; undefined where it is not known when. */
  readonly applied: readonly (AppliedFacts | undefined)[]
  /** Nodes of which not everything is kept. */
  readonly partial: number
}

export interface AppliedFacts {
  readonly time: string
  readonly user: string
  readonly run: string
}

/** When and by whom a plan was made, of which state of the project, and whether it was applied, a line for each. */
export function savedPlanLines(facts: SavedPlanFacts, width: number): string[] {
  const { file, time, user, version, rev, git, partial } = facts
  const lines = [
    `${file}: made ${time} by ${user} with drover ${version}`,
    ...(git === undefined ? [] : [`of ${commitWords(git)}`]),
    ...(rev === undefined ? [] : [`with files as they were at ${rev}`]),
    ...appliedLines(facts.applied),
    ...(partial === 0
      ? []
      : [`of ${count(partial, 'node')} what differs by host was too much to be kept, and is not shown`]),
  ]
  return lines.flatMap(line => wrapText(escapeText(line), width))
}

/** `commit 3f2c91ab0c1d on main, with 2 files not committed`. */
export function commitWords({
  commit,
  branch,
  dirtyCount,
  remote,
}: NonNullable<SavedPlanFacts['git']>): string {
  const dirty = dirtyCount === 0 ? '' : `, with ${count(dirtyCount, 'file')} not committed`
  const on = branch === undefined ? '' : ` on ${branch}`
  const from = remote === undefined ? '' : ` of ${remote.url}`
  return `${commit === undefined ? 'no commit' : `commit ${commit.slice(0, 12)}`}${on}${from}${dirty}`
}

function appliedLines(applied: SavedPlanFacts['applied']): string[] {
  if (applied.length === 0) return ['not applied yet']
  return applied.map(time =>
    time === undefined
      ? 'applied, it is not known when'
      : `applied ${time.time} by ${time.user} (run ${time.run})`,
  )
}
