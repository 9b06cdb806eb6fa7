import { someOf } from '../expr/host-list.ts'
import { type RenderProblem, withOthers } from '../expr/render-problem.ts'
import type { Host } from '../model/host.ts'
import type { Problem } from '../model/problem.ts'
import type { Binding, Draft, Frame, Hosts } from './lower/block.ts'
import type { Nodes } from './program/nodes.ts'
import type { ParamValues } from './program/param-values.ts'
import type { Sketches } from './program/sketch.ts'

/** So many nodes are rendered ahead at most, which takes a fraction of a second; what comes after fails in the run. */
const CHECKED_NODES = 100_000

/** What values are checked with. */
export interface CheckInputs {
  readonly drafts: readonly Draft[]
  readonly hosts: readonly Host[]
  readonly sketches: Sketches
  readonly nodes: Nodes
  readonly params: ParamValues
}

/** Finds values that do not fit before any host is touched, but for those that only the run knows. Equal problems become one. */
export function checkNodes({ drafts, hosts, sketches, nodes, params }: CheckInputs): Problem[] {
  const budget = { left: CHECKED_NODES }
  const problems = checkBindings(drafts, hosts, params, budget)
  if (problems.length > 0) return problems
  for (const draft of drafts) {
    const perHost = nodes.isVarying(draft) || draft.inherited.when.some(({ code }) => code.perHost)
    const some = perHost ? draft.hosts : draft.hosts.subarray(0, 1)
    const problem = (host: number) => {
      const sketched = sketches.of(draft, host)
      return 'code' in sketched ? sketched : undefined
    }
    problems.push(...folded(some.subarray(0, budget.left), hosts, perHost, problem))
    budget.left -= Math.min(budget.left, some.length)
  }
  return problems
}

/** Parameters of includes, on the hosts of the steps in them. */
function checkBindings(
  drafts: readonly Draft[],
  hosts: readonly Host[],
  params: ParamValues,
  budget: { left: number },
): Problem[] {
  const seen = new Map<Frame, Set<Hosts>>()
  const found = new Map<Binding, readonly Problem[]>()
  const check = (binding: Binding, list: Hosts): void => {
    const some = binding.perHost ? list : list.subarray(0, 1)
    const problem = (host: number) => {
      const evaluated = params.of(binding, host)
      return 'code' in evaluated ? evaluated : undefined
    }
    const problems = folded(some.subarray(0, budget.left), hosts, binding.perHost, problem)
    if (problems.length > 0) found.set(binding, [...(found.get(binding) ?? []), ...problems])
    budget.left -= Math.min(budget.left, some.length)
  }
  for (const { place, hosts: list } of drafts) {
    for (let frame: Frame | undefined = place.frame; frame !== undefined; frame = frame.outside?.frame) {
      const lists = seen.get(frame) ?? new Set()
      seen.set(frame, lists)
      if (lists.has(list)) break
      lists.add(list)
      for (const binding of frame.bindings.values()) if (!binding.late) check(binding, list)
    }
  }
  return [...found].flatMap(([binding, problems]) => (usesWrong(binding, found) ? [] : problems))
}

/** What is only wrong because another parameter is. */
function usesWrong({ references, place }: Binding, wrong: ReadonlyMap<Binding, unknown>): boolean {
  return references.some(({ root, path }) => {
    const used = root === 'params' ? place.frame.bindings.get(String(path[0])) : undefined
    return used !== undefined && wrong.has(used)
  })
}

function folded(
  indexes: Hosts,
  hosts: readonly Host[],
  perHost: boolean,
  problemOn: (host: number) => RenderProblem | undefined,
): Problem[] {
  const found = new Map<string, { readonly problem: RenderProblem; readonly names: string[] }>()
  for (const host of indexes) {
    const problem = problemOn(host)
    for (const each of problem === undefined ? [] : withOthers(problem)) {
      const { file, line, col } = each.where
      const key = `${file}:${line}:${col} ${each.message}`
      const entry = found.get(key) ?? { problem: each, names: [] }
      found.set(key, entry)
      entry.names.push(hosts[host]?.name ?? '')
    }
  }
  return [...found.values()].map(({ problem, names }) => ({
    ...problem,
    severity: 'error',
    message: perHost ? `${problem.message} (on ${someOf(names)})` : problem.message,
  }))
}
