import type { RunEvent } from '../model/event.ts'
import type { Plan } from '../model/plan.ts'
import { gitFields } from './git-fields.ts'

/** The `v` of every line. A reader refuses a number it does not know; new fields do not change it. */
export const EVENT_VERSION = 1

export type Fields = Readonly<Record<string, unknown>>

/** An event as it is published (schema/event.schema.json): names instead of indexes, and only what is there. */
export function publicEvents(
  event: RunEvent,
  plan: Plan,
): readonly (readonly [name: string, fields: Fields])[] {
  switch (event.kind) {
    case 'run_started':
      return [
        ['run_started', { name: plan.name, file: plan.file, git: event.git && gitFields(event.git) }],
        ['plan_compiled', planFields(plan)],
      ]
    case 'host_connected':
      return [[event.kind, { host: hostName(plan, event.host), duration_ms: whole(event.ms) }]]
    case 'host_unreachable':
      return [[event.kind, { host: hostName(plan, event.host), failure: event.failure }]]
    case 'node_sent':
      return []
    case 'lock_taken':
      return [[event.kind, { host: hostName(plan, event.host), as: event.as }]]
    case 'lock_waiting':
      return [[event.kind, { host: hostName(plan, event.host), holder: event.holder }]]
    case 'lock_missed':
      return [[event.kind, { host: hostName(plan, event.host), why: event.why }]]
    case 'journal_failed':
      return [[event.kind, { failure: event.failure }]]
    case 'node_started':
      return [[event.kind, nodeName(plan, event)]]
    case 'node_output':
      return [[event.kind, { ...nodeName(plan, event), stream: event.stream, text: event.text }]]
    case 'node_retried':
      return [[event.kind, retriedFields(event, plan)]]
    case 'node_finished':
      return [[event.kind, finishedFields(event, plan)]]
    case 'run_finished':
      return [[event.kind, { stopped: event.stopped, counts: event.counts }]]
  }
}

function planFields(plan: Plan): Fields {
  const steps = plan.steps.map(step => ({
    step: step.id,
    kind: step.action.kind,
    hosts: step.targets.length,
    hidden: step.hidden || undefined,
    excluded: step.excluded,
  }))
  return { hosts: plan.hosts.length, nodes: steps.reduce((sum, step) => sum + step.hosts, 0), steps }
}

function retriedFields(event: RunEvent & { kind: 'node_retried' }, plan: Plan): Fields {
  const { attempt, ms, result } = event
  return {
    ...nodeName(plan, event),
    attempt,
    attempts: plan.steps[event.step]?.retry?.attempts,
    delay_ms: whole(ms),
    outcome: result.outcome,
    duration_ms: whole(result.durationMs),
    exit_code: result.exitCode,
    signal: result.signal,
    failure: result.failure,
  }
}

function finishedFields(event: RunEvent & { kind: 'node_finished' }, plan: Plan): Fields {
  const { outcome, result, cause, stopped } = event
  return {
    ...nodeName(plan, event),
    outcome,
    duration_ms: result === undefined ? undefined : whole(result.durationMs),
    exit_code: result?.exitCode,
    signal: result?.signal,
    note: result?.note,
    failure: result?.failure,
    earlier: result?.earlier,
    cause: cause === undefined ? undefined : nodeName(plan, cause),
    stopped,
  }
}

function nodeName(plan: Plan, node: { readonly step: number; readonly host: number }): Fields {
  return { step: plan.steps[node.step]?.id, host: hostName(plan, node.host) }
}

function hostName(plan: Plan, index: number): string | undefined {
  return plan.hosts[index]?.name
}

function whole(ms: number): number {
  return Math.max(0, Math.round(ms))
}
