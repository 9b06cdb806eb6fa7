import type { RunListener } from '../model/event.ts'
import { allWritten, Outlet } from './outlet.ts'
import { createPaint } from './paint.ts'
import { RunLines } from './run/lines.ts'
import { keepsOutput, printRecap } from './run/recap-text.ts'
import type { RunRendererOptions } from './run/renderer.ts'
import { RunTally } from './run/tally.ts'

/** For logs, pipes and `--format lines`: plain lines as things happen, then the recap. */
export function createLinesRenderer(options: RunRendererOptions): RunListener {
  const out = { stdout: new Outlet(options.stdout), stderr: new Outlet(options.stderr) }
  const paint = { stdout: createPaint(options.color.stdout), stderr: createPaint(options.color.stderr) }
  let run: { readonly lines: RunLines; readonly tally: RunTally } | undefined
  return event => {
    if (event.kind === 'run_started')
      run = {
        lines: new RunLines(event.plan, options, paint),
        tally: new RunTally(event.plan, keepsOutput(options)),
      }
    if (run === undefined) return
    run.tally.add(event)
    const printed =
      event.kind === 'run_finished' ? printRecap(run.tally, options, paint) : run.lines.print(event)
    return allWritten([out.stdout.write(printed.stdout), out.stderr.write(printed.stderr)])
  }
}
