import type { PlanStep } from '../../model/plan.ts'
import type { Standing } from './standing.ts'
import type { VerdictGroup } from './verdict-groups.ts'

/** What can be said of a step of which nothing changes on any host. */
type Quietness = 'no change' | 'skip' | 'unasked' | 'unassigned'

/** In the order in which they are told: alone, and after a number. */
const WORDS: Readonly<Record<Quietness, readonly [alone: string, counted: string]>> = {
  'no change': ['no change', 'unchanged'],
  skip: ['skipped', 'skipped'],
  unasked: ['no host could be asked', 'that no host could be asked about'],
  unassigned: ['no host has them to do', 'for no host'],
}

export interface QuietSteps {
  /** `no change`, `3 unchanged and 6 skipped`. */
  readonly words: string
  readonly standing: Standing
  /** One of them, where all are about the same hosts. */
  readonly hostsOf?: VerdictGroup
}

/** What is said of several steps in one line. */
export function quietSteps(
  steps: readonly PlanStep[],
  groupsOf: (step: PlanStep) => readonly VerdictGroup[],
): QuietSteps {
  const all = steps.map(step => ({ step, groups: groupsOf(step) }))
  const kinds = Map.groupBy(all, ({ step, groups }) => quietnessOf(step, groups))
  const told = (Object.keys(WORDS) as Quietness[]).flatMap(kind => {
    const n = kinds.get(kind)?.length ?? 0
    return n === 0 ? [] : [{ n, alone: WORDS[kind][0], counted: WORDS[kind][1] }]
  })
  const [only, ...others] = told
  const hosts = sameHosts(all.map(({ groups }) => groups))
  return {
    words:
      others.length === 0
        ? (only?.alone ?? '')
        : told.map(({ n, counted }) => `${n} ${counted}`).join(' and '),
    standing: kinds.has('no change') ? 'no change' : 'skip',
    ...(hosts === undefined ? {} : { hostsOf: hosts }),
  }
}

function quietnessOf({ targets }: PlanStep, groups: readonly VerdictGroup[]): Quietness {
  if (groups.length === 0) return targets.length === 0 ? 'unassigned' : 'unasked'
  return groups.every(({ standing }) => standing === 'skip') ? 'skip' : 'no change'
}

function sameHosts(all: readonly (readonly VerdictGroup[])[]): VerdictGroup | undefined {
  const first = all[0]?.[0]
  const isSame = (groups: readonly VerdictGroup[]) =>
    groups.length === 1 && groups[0]?.delegate === first?.delegate && equal(groups[0]?.hosts, first?.hosts)
  return all.every(isSame) ? first : undefined
}

function equal(some: readonly number[] = [], others: readonly number[] = []): boolean {
  return some === others || (some.length === others.length && some.every((host, at) => host === others[at]))
}
