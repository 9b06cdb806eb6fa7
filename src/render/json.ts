import { EVENT_VERSION, publicEvents } from '../events/public-events.ts'
import { safeJson } from '../events/safe-json.ts'
import type { RunListener } from '../model/event.ts'
import type { Plan } from '../model/plan.ts'
import { Outlet } from './outlet.ts'
import type { RunRendererOptions } from './run/renderer.ts'

/** `--format json`: every event is one line, as schema/event.schema.json says. */
export function createJsonRenderer(options: Pick<RunRendererOptions, 'stdout'>): RunListener {
  const outlet = new Outlet(options.stdout)
  let seq = 0
  let run = ''
  let plan: Plan | undefined
  return event => {
    if (event.kind === 'run_started') {
      run = event.run
      plan = event.plan
    }
    if (plan === undefined) return
    const time = new Date(event.at).toISOString()
    let text = ''
    for (const [name, fields] of publicEvents(event, plan)) {
      seq += 1
      text += `${safeJson({ v: EVENT_VERSION, seq, time, event: name, run, ...fields })}\n`
    }
    return outlet.write(text)
  }
}
