import type { Host } from '../model/host.ts'
import type { ActionTemplate, Plan, PlanStep, Rolling } from '../model/plan.ts'
import type { Where } from '../model/problem.ts'
import type { Expr } from '../model/template.ts'
import { numbersOf, repeatedNumbers } from './runs.ts'
import type { StoredExpr, StoredPlan, StoredRolling, StoredStep, StoredTemplate } from './stored-plan.ts'

/**
 * A plan to be shown, not to be run: its hosts are names, its templates empty.
 * @throws Malformed
 */
export function restorePlan(stored: StoredPlan): Plan {
  const { name, file, hosts, steps, order, groups, rollings, semaphores, maxFailures } = stored
  return {
    name,
    file,
    hosts: hosts.map(namedHost),
    steps: steps.map((step, index) => restoreStep(step, index, hosts.length)),
    order,
    groups,
    rollings: rollings.map(rolling => restoreRolling(rolling, hosts.length)),
    semaphores,
    ...(maxFailures === undefined ? {} : { maxFailures }),
  }
}

function namedHost(name: string): Host {
  const connection = { transport: 'ssh', address: name, port: 22, user: '', keys: [] } as const
  return { name, vars: {}, groups: [], connection }
}

function restoreStep(stored: StoredStep, index: number, hosts: number): PlanStep {
  const { targets, idle, delegates, when, retry, changedWhen, failedWhen, action, where, ...same } = stored
  const expr = (expression: StoredExpr) => restoreExpr(expression, where)
  return {
    ...same,
    index,
    where,
    targets: Uint32Array.from(numbersOf(targets, hosts)),
    when: when.map(expr),
    action: restoreTemplate(action, where),
    ...(idle === undefined ? {} : { idle: Uint32Array.from(numbersOf(idle, hosts)) }),
    ...(delegates === undefined ? {} : { delegates: repeatedNumbers(delegates, hosts) }),
    ...(retry === undefined ? {} : { retry: restoreRetry(retry, where) }),
    ...(changedWhen === undefined ? {} : { changedWhen: expr(changedWhen) }),
    ...(failedWhen === undefined ? {} : { failedWhen: expr(failedWhen) }),
  }
}

function restoreTemplate(stored: StoredTemplate, where: Where): ActionTemplate {
  switch (stored.kind) {
    case 'run': {
      const { readOnly, timeoutMs } = stored
      return { kind: 'run', script: [], env: [], creates: [], removes: [], readOnly, timeoutMs }
    }
    case 'put': {
      const { source: kind, file = '', late, timeoutMs } = stored
      const text = late ? [restoreExpr({ source: '', late }, where)] : []
      const source = kind === 'template' ? { kind, text, file } : { kind, text }
      return { kind: 'put', source, dest: [], parents: false, timeoutMs }
    }
    case 'get':
      return { kind: 'get', src: [], dest: [], timeoutMs: stored.timeoutMs }
    case 'assert':
      return { kind: 'assert', that: [] }
    case 'pause':
      return stored
  }
}

function restoreExpr({ source, late }: StoredExpr, where: Where): Expr {
  return { kind: 'expr', source, quote: 'none', perHost: true, late, where }
}

function restoreRetry({ until, ...retry }: NonNullable<StoredStep['retry']>, where: Where) {
  return until === undefined ? retry : { ...retry, until: restoreExpr(until, where) }
}

function restoreRolling({ batchOf, ...rolling }: StoredRolling, hosts: number): Rolling {
  return { ...rolling, batchOf: repeatedNumbers(batchOf, hosts) }
}
