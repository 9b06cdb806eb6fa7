import type { Plan } from '../model/plan.ts'
import { foldActions, type RenderAction } from './preview-fold.ts'

/** What a plan would do, for programs: for each step in their order, groups of hosts with the same action. */
export function renderPreviewJson(plan: Plan, render: RenderAction): string {
  const { name, file, hosts, steps, order, maxFailures } = plan
  const shown = order.flatMap(index => steps[index] ?? [])
  const document = {
    v: 1,
    connected: false,
    name,
    file,
    hosts: hosts.map(host => host.name),
    nodes: steps.reduce((sum, { targets }) => sum + targets.length, 0),
    max_failures: maxFailures,
    steps: shown.map(step => ({
      id: step.id,
      title: step.title,
      needs: step.edges.map(({ from, on }) => ({ step: steps[from]?.id, on })),
      once: step.once,
      throttle: step.throttle,
      on_failure: step.onFailure,
      groups: foldActions(plan, step, render),
    })),
  }
  return `${JSON.stringify(document, null, 2)}\n`
}
