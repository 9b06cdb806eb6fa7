import type { Preview } from '../../model/preview.ts'
import { FailureGroups } from '../run/failure-groups.ts'
import type { Shown } from './shown.ts'

/** Hosts that could not be asked for the same reason. */
export interface UnreachableGroup {
  /** Indexes, ascending. */
  readonly hosts: readonly number[]
  /** Escaped, as is the hint. */
  readonly reason: string
  readonly hint: string | undefined
  /** Whose words these are, where the others' differ by names. */
  readonly example?: string
}

/** Folds unreachable hosts by their reasons, the names and addresses in them aside. */
export function foldUnreachable({ plan, unreachable }: Preview, shown: Shown): UnreachableGroup[] {
  const groups = new FailureGroups(plan, false)
  const nameOf = (host: number) => plan.hosts[host]?.name ?? ''
  const hosts = [...unreachable].toSorted(([a], [b]) => a - b)
  for (const [host, { code, message, hint }] of hosts)
    groups.addUnreachable(host, {
      code,
      message: shown(message),
      ...(hint === undefined ? {} : { hint: shown(hint) }),
    })
  return groups.all().map(({ hosts, reason, hint, example }) => {
    return { hosts, reason, hint, ...(example === undefined ? {} : { example: nameOf(example) }) }
  })
}
