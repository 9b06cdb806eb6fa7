import type { Action } from '../model/action.ts'
import { NO_OUTPUT, type NodeResult, satisfies } from '../model/outcome.ts'
import type { Judgement, Program, Rendered } from '../model/program.ts'
import { differences } from './differences.ts'
import { actionDigest } from './digest.ts'
import type { Bases } from './local-paths.ts'
import type { PlannedNode, PlannedNodes } from './planned-nodes.ts'

type PlannedAction = PlannedNode & { readonly kind: 'action' }

/**
 * A program that does what was planned or nothing: a node that comes to something else is `refused`, and an action
 * carries what its host must still have. Nodes that were unknown are what they come to.
 *
 * @param again the plan was applied before: what a host has of it already is no drift
 */
export function plannedProgram(inner: Program, planned: PlannedNodes, again = false): Program {
  /** Nodes of which an attempt has begun on the host: what they find there may be their own doing. */
  const begun = new Map<string, 'known' | 'unknown'>()
  const nameOf = (step: number, host: number) => `${step} ${host}`
  return {
    render: (step, host) => {
      const rendered = inner.render(step, host)
      const plan = planned.node(step, host)
      const why = driftOf(plan, rendered, planned.bases)
      if (why !== undefined) return refused(why)
      if (plan.kind !== 'action' || rendered.kind !== 'action') return rendered
      const { action } = rendered
      const before = begun.get(nameOf(step, host))
      // A run that was planned to be held back is not to run now, either.
      if (before === 'known' && action.kind !== 'run') return rendered
      return { kind: 'action', action: withPlanned(action, plan, again || before !== undefined) }
    },
    judge: (step, host, result, attempt): Judgement => {
      const judgement = inner.judge(step, host, result, attempt)
      const name = nameOf(step, host)
      if (judgement.kind === 'again' && hasBegun(result) && begun.get(name) !== 'known')
        begun.set(name, result.outcome === 'unknown' ? 'unknown' : 'known')
      return judgement
    },
    ended: (step, host, outcome, result) => {
      begun.delete(nameOf(step, host))
      inner.ended(step, host, outcome, result)
    },
  }
}

/** What is no longer as planned. That values do not fit is no drift: nothing is done, and the failure says more. */
function driftOf(plan: PlannedNode, rendered: Rendered, bases: Bases): string | undefined {
  if (plan.kind === 'free' || isFailed(rendered)) return undefined
  switch (plan.kind) {
    case 'unseen':
      return 'its host could not be reached then, and nobody saw what it would do'
    case 'absent':
      return 'the plan does not have it'
    case 'skip':
      return isSkipped(rendered) ? undefined : `it was planned to be skipped (${plan.because})`
    case 'assert':
      return rendered.kind === 'result' ? skipDrift(rendered) : 'it was planned to be an assertion'
    case 'pause':
      if (rendered.kind === 'pause' && rendered.ms === plan.ms) return undefined
      return skipDrift(rendered) ?? 'it was planned to be another pause'
    case 'action':
      return skipDrift(rendered) ?? actionDrift(plan, rendered, bases)
  }
}

function skipDrift(rendered: Rendered): string | undefined {
  if (!isSkipped(rendered)) return undefined
  const note = rendered.kind === 'result' ? rendered.result.note : undefined
  return `it was not planned to be skipped${note === undefined ? '' : ` (${note})`}`
}

function actionDrift(plan: PlannedAction, rendered: Rendered, bases: Bases): string | undefined {
  if (rendered.kind !== 'action') return `it was planned to be a ${plan.action.kind}`
  if (actionDigest(rendered.action, bases) === plan.digest) return undefined
  const what = differences(plan.action, rendered.action, bases)
  return `it would do something else than was planned${what.length === 0 ? '' : ` (${what.join(', ')})`}`
}

function isSkipped(rendered: Rendered): boolean {
  return rendered.kind === 'result' && rendered.result.outcome === 'skipped'
}

function isFailed(rendered: Rendered): boolean {
  return rendered.kind === 'result' && rendered.result.outcome === 'failed'
}

function withPlanned(action: Action, { before }: PlannedAction, again: boolean): Action {
  if (before === undefined) return action
  const anew = again ? ({ again } as const) : {}
  switch (action.kind) {
    case 'put':
    case 'get':
      return { ...action, planned: before, ...anew }
    case 'run':
      if (action.readOnly || (before !== 'runs' && before !== 'held')) return action
      return { ...action, planned: before, ...anew }
  }
}

/** The host may have been changed by the attempt. */
function hasBegun({ outcome, exitCode, signal, failure }: NodeResult): boolean {
  return (
    satisfies(outcome) ||
    outcome === 'unknown' ||
    exitCode !== undefined ||
    signal !== undefined ||
    failure?.code === 'step_timeout'
  )
}

function refused(why: string): Rendered {
  const failure = {
    code: 'drift',
    message: `this is not what was planned: ${why}`,
    hint: 'make the plan again',
  } as const
  const result = { outcome: 'refused', stdout: NO_OUTPUT, stderr: NO_OUTPUT, durationMs: 0, failure } as const
  return { kind: 'result', result }
}
