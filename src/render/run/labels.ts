import type { Plan } from '../../model/plan.ts'
import { escapeText } from '../escape.ts'
import { textWidth } from '../width.ts'

/** Names of a plan's hosts and steps as they are shown: escaped once, with the width that their column needs. */
export interface RunLabels {
  readonly host: (index: number) => string
  readonly step: (index: number) => string
  readonly hostWidth: number
  readonly stepWidth: number
}

/** One long name must not push all the others' text off the screen. */
const WIDEST_HOST = 32
const WIDEST_STEP = 24

export function runLabels(plan: Plan): RunLabels {
  const hosts = plan.hosts.map(host => escapeText(host.name))
  const steps = plan.steps.map(step => escapeText(step.id))
  return {
    host: index => hosts[index] ?? '?',
    step: index => steps[index] ?? '?',
    hostWidth: widest(hosts, WIDEST_HOST),
    stepWidth: widest(steps, WIDEST_STEP),
  }
}

function widest(names: readonly string[], most: number): number {
  return Math.min(
    most,
    names.reduce((width, name) => Math.max(width, textWidth(name)), 0),
  )
}
