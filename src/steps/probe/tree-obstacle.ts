import type { Ownership } from '../put/ownership.ts'
import type { TreePlan } from '../put/tree-plan.ts'

/** What the host said would keep a put from acting, as the put's own script would say it. */
export interface Obstacle {
  readonly problem: string
  /** The last line that a tool of the host said. */
  readonly words: string
}

/** Who the login is; groups by number and by name. */
export interface Login {
  readonly uid: string
  readonly name: string
  readonly groups: ReadonlySet<string>
}

/**
 * What would keep the plan from being carried out: the first that the script would come upon. `folders` is what the
 * folders that are made shall belong to; absent where none is made.
 */
export function obstacleTo(
  plan: TreePlan,
  folders: Ownership | undefined,
  seen: readonly Obstacle[],
  login: Login | undefined,
): Obstacle | undefined {
  const last = seen.find(({ problem }) => problem === 'parents')
  const first = seen.find(obstacle => obstacle !== last)
  const isRoot = login === undefined || login.uid === '0'
  return first ?? (isRoot ? undefined : notAllowed(plan, folders, login)) ?? last
}

/** Only root gives files away, and nobody else may change another's file. */
function notAllowed(
  { files, settled }: TreePlan,
  folders: Ownership | undefined,
  login: Login,
): Obstacle | undefined {
  const owners = [...files, ...settled].map(({ attributes }) => attributes.owner)
  const ofFolders = folders === undefined ? [] : [`${folders.owner ?? ''}:${folders.group ?? ''}`]
  const refused = [...owners, ...ofFolders].find(owner => !mayGive(owner, login))
  if (refused === undefined) return undefined
  return { problem: refused.startsWith(':') ? 'group' : 'owner', words: '' }
}

function mayGive(owner: string, { uid, name, groups }: Login): boolean {
  const [user = '', group = ''] = owner.split(':')
  const self = user === '' || user === uid || user === name
  // Names of groups may hold spaces, and then are not told as they are.
  return self && (group === '' || group.includes(' ') || groups.has(group))
}
