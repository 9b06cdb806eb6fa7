import { someOf } from '../expr/host-list.ts'
import type { RenderProblem } from '../expr/render-template.ts'
import type { Plan } from '../model/plan.ts'
import type { Problem } from '../model/problem.ts'
import { differs, isRenderProblem, type RenderNode } from './renderer.ts'

/** So many nodes are rendered ahead at most, which takes a fraction of a second; what comes after fails in the run. */
const CHECKED_NODES = 100_000

/** Renders nodes before any host is touched, to find values that do not fit. Equal problems become one. */
export function checkNodes(plan: Plan, render: RenderNode): Problem[] {
  let left = CHECKED_NODES
  const problems: Problem[] = []
  for (const step of plan.steps) {
    const perHost = differs(step.action)
    const hosts = perHost ? step.targets : step.targets.subarray(0, 1)
    const found = new Map<string, { readonly problem: RenderProblem; readonly hosts: string[] }>()
    for (const host of hosts.subarray(0, left)) {
      const rendered = render(step.index, host)
      if (!isRenderProblem(rendered)) continue
      const { line, col } = rendered.where
      const key = `${line}:${col} ${rendered.message}`
      const entry = found.get(key) ?? { problem: rendered, hosts: [] }
      found.set(key, entry)
      entry.hosts.push(plan.hosts[host]?.name ?? '')
    }
    left -= Math.min(left, hosts.length)
    for (const { problem, hosts: names } of found.values())
      problems.push({
        ...problem,
        severity: 'error',
        message: perHost ? `${problem.message} (on ${someOf(names)})` : problem.message,
      })
  }
  return problems
}
