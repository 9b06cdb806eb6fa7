import type { Action } from '../model/action.ts'
import type { Failure } from '../model/errors.ts'
import type { Plan } from '../model/plan.ts'
import { foldActions, type RenderAction } from './preview-fold.ts'

/** What a plan would do, for programs: for each step in their order, groups of hosts with the same action. */
export function renderPreviewJson(plan: Plan, render: RenderAction): string {
  const { name, file, hosts, steps, order, maxFailures } = plan
  const document = {
    v: 1,
    connected: false,
    name,
    file,
    hosts: hosts.map(host => host.name),
    nodes: steps.reduce((sum, { targets }) => sum + targets.length, 0),
    max_failures: maxFailures,
    steps: order
      .flatMap(index => steps[index] ?? [])
      .map(step => ({
        id: step.id,
        title: step.title,
        needs: step.edges.map(({ from, on }) => ({ step: steps[from]?.id, on })),
        once: step.once,
        throttle: step.throttle,
        on_failure: step.onFailure,
        max_failures: step.tolerated,
        groups: foldActions(plan, step, render).map(group => ({
          hosts: group.hosts,
          action: actionFields(group.action),
        })),
      })),
  }
  return `${JSON.stringify(document, null, 2)}\n`
}

/** In the spelling of all JSON that drover writes. */
function actionFields(action: Action | Failure): Readonly<Record<string, unknown>> {
  if (!('kind' in action)) return { kind: 'unknown', reason: action.message }
  const { timeoutMs, ...fields } = action
  if (fields.kind !== 'run') return { ...fields, timeout_ms: timeoutMs }
  const { env, readOnly, ...rest } = fields
  return { ...rest, env: Object.fromEntries(env), read_only: readOnly, timeout_ms: timeoutMs }
}
