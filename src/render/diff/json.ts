import type { PlanDiff } from '../../model/plan-diff.ts'
import type { DiffHeading } from './words.ts'

/** The differences for programs. */
export function renderDiffJson(diff: PlanDiff, { name, file, before, after }: DiffHeading): string {
  const { counts, settings, hosts, steps } = diff
  const revision = ({ name, commit }: DiffHeading['before']) => ({ name, commit })
  return `${JSON.stringify(
    { v: 1, name, file, before: revision(before), after: revision(after), counts, settings, hosts, steps },
    null,
    2,
  )}\n`
}
