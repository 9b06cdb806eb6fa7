import type { RunEvent, RunListener } from '../model/event.ts'
import { allWritten, Outlet } from './outlet.ts'
import { createPaint, type Paint } from './paint.ts'
import { FoldedOutput } from './run/folded.ts'
import { runLabels } from './run/labels.ts'
import { RunLines } from './run/lines.ts'
import { keepsOutput, printRecap } from './run/recap-text.ts'
import type { RunRendererOptions } from './run/renderer.ts'
import { type HostTasks, startHostTasks } from './tty/listr.ts'
import { LiveArea } from './tty/live.ts'
import { TtyScreen } from './tty/screen.ts'
import { FleetView } from './tty/view.ts'

/** For a terminal: a live row for each host that matters now, then the recap. With `-q` only the recap. */
export function createTtyRenderer(options: RunRendererOptions): RunListener {
  const out = { stdout: new Outlet(options.stdout), stderr: new Outlet(options.stderr) }
  let run: TtyRun | undefined
  return event => {
    if (event.kind === 'run_started') run = new TtyRun(event, options, out)
    return run?.show(event)
  }
}

type Outlets = Readonly<Record<'stdout' | 'stderr', Outlet>>

/** Where output scrolls by, most of the terminal belongs to it. */
const SHARE_BELOW_OUTPUT = 0.4

class TtyRun {
  readonly #options: RunRendererOptions
  readonly #out: Outlets
  readonly #paint: Readonly<Record<'stdout' | 'stderr', Paint>>
  readonly #view: FleetView
  readonly #live: LiveArea
  readonly #lines: RunLines
  readonly #folded: FoldedOutput | undefined
  readonly #scrolls: boolean
  readonly #tasks: HostTasks | undefined

  constructor({ plan, at }: RunEvent & { kind: 'run_started' }, options: RunRendererOptions, out: Outlets) {
    this.#options = options
    this.#out = out
    this.#paint = { stdout: createPaint(options.color.stdout), stderr: createPaint(options.color.stderr) }
    this.#view = new FleetView(plan, at, keepsOutput(options), options.history)
    const labels = runLabels(plan)
    const screen = new TtyScreen(out.stdout)
    const { shape, verbosity } = options
    // A playbook's results stand in its rows already; only output scrolls by above them, when it is wanted.
    this.#scrolls = shape !== 'playbook' || verbosity > 0
    this.#lines = new RunLines(plan, { ...options, ci: undefined }, this.#paint)
    if (options.fold !== undefined) this.#folded = new FoldedOutput(plan, options.fold, options.shape)
    const share = this.#scrolls ? SHARE_BELOW_OUTPUT : 1
    const now = options.time?.now ?? Date.now
    this.#live = new LiveArea(this.#view, labels, screen, { paint: this.#paint.stdout, share, now })
    options.pauses?.attach(this.#live)
    if (verbosity >= 0)
      this.#tasks = startHostTasks(
        plan.hosts.map((_, host) => labels.host(host)),
        this.#live,
        screen,
      )
  }

  show(event: RunEvent): void | Promise<void> {
    const ended = this.#view.add(event)
    this.#folded?.add(event)
    if (ended !== undefined) this.#tasks?.settle(ended, this.#view.host(ended)?.trouble?.reason)
    const scrolls = this.#scrolls || event.kind === 'journal_failed'
    const printed = scrolls ? this.#lines.print(event) : undefined
    const written = [
      printed?.stdout ? this.#print(printed.stdout) : undefined,
      printed?.stderr ? this.#printStderr(printed.stderr) : undefined,
    ]
    return event.kind === 'run_finished' ? this.#finish() : allWritten(written)
  }

  /** On the same terminal it must not run into the rows; elsewhere it goes its own way. */
  #printStderr(text: string): Promise<void> | undefined {
    return this.#options.stderr.isTTY ? this.#print(text) : this.#out.stderr.write(text)
  }

  /** With `-q` there are no rows to be above of. */
  #print(text: string): Promise<void> | undefined {
    return this.#tasks === undefined ? this.#out.stdout.write(text) : this.#live.print(text)
  }

  async #finish(): Promise<void> {
    await this.#tasks?.end()
    const folded = this.#folded?.print(this.#paint)
    await allWritten([
      this.#out.stdout.write(folded?.stdout ?? ''),
      this.#out.stderr.write(folded?.stderr ?? ''),
    ])
    const recap = printRecap(this.#view.tally, this.#options, this.#paint)
    await allWritten([this.#out.stdout.write(recap.stdout), this.#out.stderr.write(recap.stderr)])
  }
}
