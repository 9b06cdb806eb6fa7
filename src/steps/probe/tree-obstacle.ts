import type { Attributes, TreePlan } from '../put/tree-plan.ts'

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

/** What would keep the plan from being carried out: the first that the script would come upon. */
export function obstacleTo(
  plan: TreePlan,
  seen: readonly Obstacle[],
  login: Login | undefined,
): Obstacle | undefined {
  return seen[0] ?? (login === undefined || login.uid === '0' ? undefined : notAllowed(plan, login))
}

/** Only root gives files away, and nobody else may change another's file. */
function notAllowed({ files, settled }: TreePlan, login: Login): Obstacle | undefined {
  const [refused] = [...files, ...settled].filter(({ attributes }) => !mayGive(attributes, login))
  if (refused === undefined) return undefined
  const problem = refused.attributes.owner.startsWith(':') ? 'group' : 'owner'
  return { problem, words: '' }
}

function mayGive({ owner }: Attributes, { uid, name, groups }: Login): boolean {
  const [user = '', group = ''] = owner.split(':')
  const self = user === '' || user === uid || user === name
  // Names of groups may hold spaces, and then are not told as they are.
  return self && (group === '' || group.includes(' ') || groups.has(group))
}
