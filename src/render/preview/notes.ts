import type { Plan, PlanStep } from '../../model/plan.ts'
import { count } from '../../model/quantity.ts'
import { listed, orderWords, retryWords } from '../step-words.ts'

/** What holds for a step on all its hosts: when it starts, how many of its nodes run at once, what a failure does. */
export function notesOf(plan: Plan, step: PlanStep): string[] {
  // Facts come before everything else; they are told only where nothing else is waited for.
  const told = step.edges.filter(({ from }) => step.edges.length === 1 || plan.steps[from]?.hidden !== true)
  const needs = told.map(edge => ({ ...edge, name: plan.steps[edge.from]?.id ?? '?' }))
  const order = orderWords(needs, step.once)
  return [
    ...(order.length === 0 ? ['starts at once'] : order),
    ...(step.once ? ['once, on the first host'] : []),
    ...(step.throttle === undefined ? [] : [`${step.throttle} at a time`]),
    ...semaphoreNotes(plan, step),
    ...(step.mayOverlap === true ? ['may overlap with others that write the same'] : []),
    // Of a rolling group its heading says it.
    ...(step.tolerated === 0 || step.rolling !== undefined
      ? []
      : [`${count(step.tolerated, 'host')} may fail`]),
    ...(step.onFailure === 'stop' ? ['a failure stops everything'] : []),
    ...(step.onFailure === 'continue' ? ['goes on after a failure'] : []),
    ...(step.tags.length === 0 ? [] : [`tagged ${step.tags.join(', ')}`]),
  ]
}

/** Settings that hold expressions, each on a line of its own: a label and the text as written. */
export function settingsOf({ retry, changedWhen, failedWhen }: PlanStep): [label: string, text: string][] {
  return [
    ...(changedWhen === undefined ? [] : [['changed when', changedWhen.source] as [string, string]]),
    ...(failedWhen === undefined ? [] : [['failed when', failedWhen.source] as [string, string]]),
    ...(retry === undefined ? [] : [['', retryWords(retry, retry.until?.source)] as [string, string]]),
  ]
}

function semaphoreNotes(plan: Plan, { semaphores }: PlanStep): string[] {
  if (semaphores.length === 0) return []
  const named = semaphores.map(index => {
    const { name, permits } = plan.semaphores[index] ?? { name: '?', permits: 0 }
    return `${name} (${permits} at once)`
  })
  return [`takes a permit of ${listed(named)}`]
}
