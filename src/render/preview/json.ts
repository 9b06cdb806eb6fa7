import { safeJson } from '../../events/safe-json.ts'
import type { Plan } from '../../model/plan.ts'
import type { SketchNode } from '../../model/sketch.ts'
import { foldSketches } from './fold.ts'
import { conditionFields, planFields, sketchFields, stepFields, VERSION } from './plan-fields.ts'

/** What a plan would do, for programs: for each step in their order, groups of hosts with the same action. */
export function renderPreviewJson(plan: Plan, sketch: SketchNode): string {
  const { name, file, hosts, steps, order } = plan
  const document = {
    v: VERSION,
    connected: false,
    name,
    file,
    hosts: hosts.map(host => host.name),
    ...planFields(plan),
    steps: order
      .flatMap(index => steps[index] ?? [])
      .map(step => ({
        ...stepFields(plan, step),
        groups: foldSketches(plan, step, sketch).map(group => ({
          hosts: group.hosts,
          delegate: group.delegate,
          only_when: conditionFields(group.sketch),
          action: sketchFields(group.sketch),
        })),
      })),
  }
  return `${safeJson(document, 2)}\n`
}
