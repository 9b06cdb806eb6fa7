import type { ActionTemplate, Plan, PlanGroup, PlanRetry, PlanStep, Rolling } from '../model/plan.ts'
import type { Where } from '../model/problem.ts'
import type { Expr, Template } from '../model/template.ts'
import { connectionDigest } from './digest.ts'
import { rangesOf, repeatsOf } from './runs.ts'
import type {
  StoredExpr,
  StoredPlan,
  StoredRetry,
  StoredRolling,
  StoredStep,
  StoredTemplate,
} from './stored-plan.ts'

/** A plan as its file keeps it. */
export function storePlan(plan: Plan): StoredPlan {
  const { name, file, hosts, steps, order, groups, rollings, semaphores, maxFailures } = plan
  return {
    name,
    file,
    hosts: hosts.map(host => host.name),
    connections: hosts.map(host => connectionDigest(host.connection)).join(''),
    steps: steps.map(storeStep),
    order,
    groups: groups.map(storeGroup),
    rollings: rollings.map(storeRolling),
    semaphores,
    ...(maxFailures === undefined ? {} : { maxFailures }),
  }
}

function storeStep(step: PlanStep): StoredStep {
  const { id, title, edges, semaphores, onFailure, tolerated, once, tags, hidden } = step
  const { mayOverlap, group, throttle, rolling, excluded, idle, delegates, retry, changedWhen, failedWhen } =
    step
  return {
    ...{ id, title, edges, semaphores, onFailure, tolerated, once, tags, hidden },
    targets: rangesOf(step.targets),
    when: step.when.map(storeExpr),
    action: storeTemplate(step.action),
    where: storeWhere(step.where),
    ...(mayOverlap === undefined ? {} : { mayOverlap }),
    ...(group === undefined ? {} : { group }),
    ...(throttle === undefined ? {} : { throttle }),
    ...(rolling === undefined ? {} : { rolling }),
    ...(excluded === undefined ? {} : { excluded }),
    ...(idle === undefined ? {} : { idle: rangesOf(idle) }),
    ...(delegates === undefined ? {} : { delegates: repeatsOf(delegates) }),
    ...(retry === undefined ? {} : { retry: storeRetry(retry) }),
    ...(changedWhen === undefined ? {} : { changedWhen: storeExpr(changedWhen) }),
    ...(failedWhen === undefined ? {} : { failedWhen: storeExpr(failedWhen) }),
  }
}

function storeTemplate(action: ActionTemplate): StoredTemplate {
  switch (action.kind) {
    case 'run':
      return { kind: 'run', readOnly: action.readOnly, timeoutMs: action.timeoutMs }
    case 'put': {
      const { source, timeoutMs } = action
      const file = source.kind === 'template' ? { file: source.file } : {}
      return { kind: 'put', source: source.kind, ...file, late: isLate(source.text), timeoutMs }
    }
    case 'get':
      return { kind: 'get', timeoutMs: action.timeoutMs }
    case 'assert':
      return { kind: 'assert' }
    case 'pause':
      return { kind: 'pause', ms: action.ms }
  }
}

function isLate(template: Template): boolean {
  return template.some(part => typeof part !== 'string' && isLatePart(part))
}

function isLatePart(part: Exclude<Template[number], string>): boolean {
  switch (part.kind) {
    case 'expr':
      return part.late
    case 'for':
      return part.list.late || isLate(part.body)
    case 'if':
      return part.branches.some(({ test, body }) => test.late || isLate(body)) || isLate(part.otherwise)
  }
}

function storeExpr({ source, late }: Expr): StoredExpr {
  return { source, late }
}

function storeRetry({ attempts, delayMs, backoff, until }: PlanRetry): StoredRetry {
  return { attempts, delayMs, backoff, ...(until === undefined ? {} : { until: storeExpr(until) }) }
}

function storeGroup({ kind, id, title, parent, where }: PlanGroup): PlanGroup {
  return { kind, id, title, ...(parent === undefined ? {} : { parent }), where: storeWhere(where) }
}

function storeRolling({ batchOf, batches, steps, tolerated, pauseMs }: Rolling): StoredRolling {
  return { batchOf: repeatsOf(batchOf), batches, steps, tolerated, pauseMs }
}

/** Without the source line, which may hold anything. */
function storeWhere({ file, line, col }: Where): Pick<Where, 'file' | 'line' | 'col'> {
  return { file, line, col }
}
