import type { PlanDocument } from './document.ts'
import type { Bases } from './local-paths.ts'
import { NodeIndex } from './node-index.ts'
import { type PlannedNodes, plannedNode } from './planned-nodes.ts'
import { repeatedNumbers } from './runs.ts'
import { unseenNodes } from './unseen.ts'

/**
 * The nodes of a plan file. Its steps and hosts must be those of the plan that is run, which `planDrift` tells.
 * @param bases the folders that local paths count from
 */
export function plannedNodesIn(document: PlanDocument, bases: Bases): PlannedNodes {
  const { tables, plan, unreachable } = document
  const index = new NodeIndex(document)
  const isUnseen = unseenNodes(
    plan.steps.map(({ delegates }) => delegates && repeatedNumbers(delegates, plan.hosts.length)),
    new Map(unreachable),
  )
  return {
    bases,
    node: (step, host) => {
      if (plan.steps[step]?.hidden === true) return { kind: 'free' }
      const stored = index.find(step, host)
      const verdict = tables.verdicts[stored?.group.verdict ?? -1]
      const sketch = tables.sketches[stored?.group.sketch ?? -1]
      if (stored === undefined || verdict === undefined || sketch === undefined) return { kind: 'absent' }
      if (isUnseen(step, host, verdict)) return { kind: 'unseen' }
      return plannedNode(verdict, sketch, stored.action, stored.before)
    },
  }
}
