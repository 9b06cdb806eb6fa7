import { LIMITS } from '../model/limits.ts'
import type { PlanGroup } from '../model/plan.ts'
import { linesOf } from './before-column.ts'
import { Malformed } from './codec/codec.ts'
import { SHORT_DIGEST } from './digest.ts'
import type { PlanDocument } from './document.ts'
import type { NodeGroup, NodeTables } from './nodes.ts'
import { restorePlan } from './restore-plan.ts'
import { numbersOf } from './runs.ts'
import type { StoredPlan, StoredStep } from './stored-plan.ts'

/**
 * Checks that all that a plan file names by an index is there, so that who uses it need not.
 * @throws Malformed
 */
export function checkReferences({ plan, sketches, unreachable, tables, nodes }: PlanDocument): void {
  checkPlan(plan)
  for (const [host] of unreachable) within(host, plan.hosts, 'unreachable')
  if (sketches.length !== plan.steps.length * SHORT_DIGEST)
    throw new Malformed('sketches are not those of the steps')
  if (nodes.length !== plan.steps.length) throw new Malformed('nodes are not those of the steps')
  for (const [index, groups] of nodes.entries()) checkNodes(plan, index, groups, tables)
}

function checkPlan(plan: StoredPlan): void {
  const { hosts, connections, steps, order, groups, rollings } = plan
  if (connections.length !== hosts.length * SHORT_DIGEST)
    throw new Malformed('plan.connections are not those of the hosts')
  if (new Set(order).size !== order.length || order.length !== steps.length)
    throw new Malformed('plan.order is not that of the steps')
  for (const step of order) within(step, steps, 'plan.order')
  for (const group of groups) checkParents(group, groups)
  for (const rolling of rollings) for (const step of rolling.steps) within(step, steps, 'plan.rollings')
  for (const step of steps) checkStep(plan, step)
  for (const { delegates = [] } of steps)
    for (let at = 0; at < delegates.length; at += 2) within(delegates[at] ?? 0, hosts, 'plan.steps.delegates')
  restorePlan(plan)
}

function checkStep({ steps, groups, semaphores, rollings }: StoredPlan, step: StoredStep): void {
  for (const { from } of step.edges) within(from, steps, 'plan.steps.edges')
  for (const semaphore of step.semaphores) within(semaphore, semaphores, 'plan.steps.semaphores')
  if (step.group !== undefined) within(step.group, groups, 'plan.steps.group')
  if (step.rolling !== undefined) within(step.rolling, rollings, 'plan.steps.rolling')
}

/** A group lies in others, and at last in none. */
function checkParents(group: PlanGroup, groups: readonly PlanGroup[]): void {
  let { parent } = group
  for (let depth = 0; parent !== undefined; depth++) {
    within(parent, groups, 'plan.groups.parent')
    if (depth > LIMITS.yamlDepth * LIMITS.useDepth) throw new Malformed('plan.groups lie in each other')
    parent = groups[parent]?.parent
  }
}

function checkNodes(
  { hosts, steps }: StoredPlan,
  index: number,
  groups: readonly NodeGroup[],
  tables: NodeTables,
): void {
  const targets = new Set(numbersOf(steps[index]?.targets ?? [], hosts.length))
  for (const group of groups) {
    checkTables(group, tables)
    const own = numbersOf(group.hosts, hosts.length)
    if (own.length === 0) throw new Malformed('nodes has a group without hosts')
    for (const host of own)
      if (!targets.delete(host)) throw new Malformed('nodes has a host twice, or one that is no target')
    const digests = (group.actions?.length ?? SHORT_DIGEST) / SHORT_DIGEST
    if (digests !== 1 && digests !== own.length) throw new Malformed('nodes.actions is not one for each host')
    if (group.before !== undefined) linesOf(group.before, tables.patterns, own.length)
  }
}

function checkTables({ verdict, sketch, finding, result }: NodeGroup, tables: NodeTables): void {
  within(verdict, tables.verdicts, 'nodes.verdict')
  within(sketch, tables.sketches, 'nodes.sketch')
  if (finding !== undefined) within(finding, tables.findings, 'nodes.finding')
  if (result !== undefined) within(result, tables.results, 'nodes.result')
}

function within(index: number, list: readonly unknown[], what: string): void {
  if (index >= list.length) throw new Malformed(`${what} names what is not there (${index})`)
}
