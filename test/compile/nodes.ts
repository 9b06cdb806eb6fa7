import type { NodeResult, Outcome } from '../../src/model/outcome.ts'
import { NO_OUTPUT } from '../../src/model/outcome.ts'
import type { Edge, Plan } from '../../src/model/plan.ts'

/** What each step of a plan waits for, by ids: `a` on each host, `a*` on all hosts, `a?` however it ends, `a!` failed. */
export function edgesOf(plan: Plan): Record<string, string> {
  return Object.fromEntries(
    plan.steps.map(({ id, edges }) => [id, edges.map(edge => edgeText(plan, edge)).join(' ')]),
  )
}

const SIGNS = { success: '', always: '?', failed: '!' } as const

function edgeText(plan: Plan, { from, on, if: condition }: Edge): string {
  return `${plan.steps[from]?.id}${on === 'all' ? '*' : ''}${SIGNS[condition]}`
}

/** The hosts of each step, by names. */
export function hostsOf(plan: Plan): Record<string, string> {
  const names = (hosts: Uint32Array) => Array.from(hosts, host => plan.hosts[host]?.name).join(' ')
  return Object.fromEntries(plan.steps.map(({ id, targets }) => [id, names(targets)]))
}

export function stepIndex(plan: Plan, id: string): number {
  const index = plan.steps.findIndex(step => step.id === id)
  if (index === -1) throw new Error(`no step ${id}: ${plan.steps.map(step => step.id).join(' ')}`)
  return index
}

export function ended(outcome: Outcome, stdout = '', exitCode = 0): NodeResult {
  return {
    outcome,
    exitCode,
    stdout: { head: stdout, tail: '', bytes: stdout.length, truncated: false },
    stderr: NO_OUTPUT,
    durationMs: 10,
  }
}
