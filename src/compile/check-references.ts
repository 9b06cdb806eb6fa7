import type { LocatedReference } from '../expr/check-template.ts'
import { someOf } from '../expr/host-list.ts'
import type { Host } from '../model/host.ts'
import type { Problem } from '../model/problem.ts'
import type { StepGraph } from './graph.ts'
import type { Draft, Hosts } from './lower/block.ts'
import type { HostSets } from './lower/host-sets.ts'
import { resolveId } from './lower/resolve.ts'
import type { Selection } from './select.ts'

export interface ReferenceInputs {
  readonly drafts: readonly Draft[]
  readonly graph: StepGraph
  readonly excluded: Selection['excluded']
  readonly hosts: readonly Host[]
  readonly sets: HostSets
}

/** Results that a step asks for and nothing will give: of excluded steps, and of steps that run on other hosts. */
export function checkReferences({ drafts, graph, excluded, hosts, sets }: ReferenceInputs): Problem[] {
  const problems: Problem[] = []
  for (const draft of drafts) {
    if (excluded.has(draft)) continue
    for (const { reference, place } of graph.uses.get(draft)?.steps ?? []) {
      const id = String(reference.path[0])
      const used = resolveId(id, place).flatMap(block => graph.needs.leaves(block))
      if (used.length === 0 || reference.optional) continue
      const reasons = used.map(one => excluded.get(one))
      const [why] = reasons
      if (why !== undefined && reasons.every(reason => reason !== undefined))
        problems.push(leftOut(id, why, reference))
      else if (reference.path[1] !== 'on')
        problems.push(...elsewhere(draft, id, reference, used, hosts, sets))
    }
  }
  return problems
}

const OPTIONS = { limit: '--limit', tags: '--tags or --skip-tags', step: '--step' } as const

function leftOut(id: string, why: keyof typeof OPTIONS, { where }: LocatedReference): Problem {
  return {
    code: 'step_excluded',
    severity: 'error',
    message: `"${id}" is left out by ${OPTIONS[why]}, and its result is used here`,
    where,
    hint: `run it too, or give another value: default(steps.${id}…, "…")`,
  }
}

/** A step on a host where the other one never runs would find no result. */
function elsewhere(
  draft: Draft,
  id: string,
  { where }: LocatedReference,
  used: readonly Draft[],
  hosts: readonly Host[],
  sets: HostSets,
): Problem[] {
  if (used.some(({ checked }) => checked.step.once)) return []
  const home: Hosts[] = []
  for (const { hosts: own, idle } of used) {
    home.push(own)
    if (idle !== undefined) home.push(idle)
  }
  if (home.includes(draft.hosts)) return []
  const { outside } = sets.split(draft.hosts, sets.union(home))
  if (outside.length === 0) return []
  const names = Array.from(outside, index => hosts[index]?.name ?? '')
  return [
    {
      code: 'expression_name',
      severity: 'error',
      message: `"${id}" does not run on ${someOf(names)}, where "${draft.id}" uses its result`,
      where,
      hint: `name the host: steps.${id}.on["${hosts[used[0]?.hosts[0] ?? 0]?.name ?? 'NAME'}"]; or make it a once step`,
    },
  ]
}
