import type { RunEvent, RunListener } from '../model/event.ts'
import { allWritten, Outlet } from './outlet.ts'
import { createPaint, type Paint } from './paint.ts'
import { FoldedOutput } from './run/folded.ts'
import { RunLines } from './run/lines.ts'
import type { Printed } from './run/printed.ts'
import { ProgressLines } from './run/progress.ts'
import { keepsOutput, printRecap } from './run/recap-text.ts'
import type { RunRendererOptions } from './run/renderer.ts'
import { RunTally } from './run/tally.ts'

/** How often it is looked whether something is waited for. */
const LOOK_MS = 1000

/** For logs, pipes and `--format lines`: plain lines as things happen, who is waited for meanwhile, then the recap. */
export function createLinesRenderer(options: RunRendererOptions): RunListener {
  const out = { stdout: new Outlet(options.stdout), stderr: new Outlet(options.stderr) }
  let run: LinesRun | undefined
  return event => {
    if (event.kind === 'run_started') run = new LinesRun(event, options, out)
    return run?.show(event)
  }
}

type Outlets = Readonly<Record<'stdout' | 'stderr', Outlet>>

class LinesRun {
  readonly #options: RunRendererOptions
  readonly #out: Outlets
  readonly #paint: Readonly<Record<'stdout' | 'stderr', Paint>>
  readonly #lines: RunLines
  readonly #tally: RunTally
  readonly #folded: FoldedOutput | undefined
  readonly #progress: ProgressLines
  readonly #stopLooking: () => void

  constructor(
    { plan, at, run }: RunEvent & { kind: 'run_started' },
    options: RunRendererOptions,
    out: Outlets,
  ) {
    this.#options = options
    this.#out = out
    this.#paint = { stdout: createPaint(options.color.stdout), stderr: createPaint(options.color.stderr) }
    this.#lines = new RunLines(plan, options, this.#paint, run)
    if (options.fold !== undefined) this.#folded = new FoldedOutput(plan, options.fold, options.shape)
    this.#tally = new RunTally(plan, keepsOutput(options))
    this.#progress = new ProgressLines(plan, at, options)
    const { time, verbosity } = options
    const look = () => time !== undefined && this.#look(time.now())
    this.#stopLooking = time === undefined || verbosity < 0 ? () => {} : time.every(LOOK_MS, look)
  }

  show(event: RunEvent): Promise<void> | undefined {
    this.#tally.add(event)
    this.#progress.add(event)
    this.#folded?.add(event)
    const printed = this.#lines.print(event)
    const written = [this.#write(printed)]
    if (event.kind === 'run_finished') written.push(...this.#end())
    return allWritten(written)
  }

  #end(): (Promise<void> | undefined)[] {
    this.#stopLooking()
    const { ci, shape } = this.#options
    const place = shape === 'playbook' ? 'stdout' : 'stderr'
    return [
      this.#write(this.#harmless(this.#folded?.print(this.#paint))),
      this.#write(this.#harmless(printRecap(this.#tally, this.#options, this.#paint))),
      this.#out[place].write(ci?.failures(this.#tally) ?? ''),
    ]
  }

  #harmless(printed: Printed = { stdout: '', stderr: '' }): Printed {
    const { ci } = this.#options
    if (ci === undefined) return printed
    return { stdout: ci.harmless(printed.stdout), stderr: ci.harmless(printed.stderr) }
  }

  #write({ stdout, stderr }: Printed): Promise<void> | undefined {
    return allWritten([this.#out.stdout.write(stdout), this.#out.stderr.write(stderr)])
  }

  #look(now: number): void {
    if (this.#options.pauses?.isHeld) return
    const place = this.#options.shape === 'playbook' ? 'stdout' : 'stderr'
    // A reader that takes nothing is not told of waiting.
    if (this.#out[place].stream.writableNeedDrain) return
    void this.#write(this.#lines.due(now))
    const lines = this.#progress.at(now).map(line => `${this.#paint[place]('dim', `… ${line}`)}\n`)
    void this.#out[place].write(lines.join(''))
  }
}
