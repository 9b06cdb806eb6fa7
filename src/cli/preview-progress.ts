import type { Plan } from '../model/plan.ts'
import { count } from '../model/quantity.ts'
import type { PauseSwitch } from '../render/pause-switch.ts'
import type { CliContext } from './context.ts'

/** Between two changes of the line. In milliseconds. */
const PACE_MS = 100

export interface PreviewProgress {
  readonly found: (nodes: number) => void
  /** Takes the line away. */
  readonly end: () => void
}

/** A line on the terminal that says how far a preview is; none where nobody watches. */
export function previewProgress({ stderr }: CliContext, plan: Plan, pauses: PauseSwitch): PreviewProgress {
  if (stderr.isTTY !== true) return { found: () => {}, end: () => {} }
  const all = plan.steps.reduce((sum, step) => sum + (step.hidden ? 0 : step.targets.length), 0)
  let shownAt = Number.NEGATIVE_INFINITY
  let isPaused = false
  const clear = () => void stderr.write('\r\u001b[K')
  const show = (nodes: number) => {
    const now = performance.now()
    if (isPaused || now - shownAt < PACE_MS) return
    shownAt = now
    stderr.write(`\r\u001b[KAsking ${count(plan.hosts.length, 'host')}: ${nodes} of ${all}`)
  }
  pauses.attach({
    pause: () => {
      isPaused = true
      clear()
    },
    resume: () => {
      isPaused = false
    },
  })
  show(0)
  return { found: show, end: clear }
}
