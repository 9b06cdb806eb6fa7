import type { Plan } from '../../model/plan.ts'
import { count } from '../../model/quantity.ts'
import { escapeText } from '../../render/escape.ts'
import { foldHosts } from '../../render/fold-hosts.ts'
import { cutNames } from '../../render/host-names.ts'
import type { PauseSwitch } from '../../render/pause-switch.ts'
import { truncate } from '../../render/width.ts'
import type { CliContext } from '../context.ts'

/** In milliseconds: between two changes of the line, between two looks at who is silent, until a host is named. */
const TIMES = { pace: 100, look: 1000, silence: 10_000 } as const

export interface PreviewProgress {
  /** @param asked gives the hosts whose answers are on the way */
  readonly found: (nodes: number, asked: () => readonly number[]) => void
  /** Takes the line away. */
  readonly end: () => void
}

/** A line on the terminal that says how far a preview is, and who keeps it waiting; none where nobody watches. */
export function previewProgress(
  { stderr }: Pick<CliContext, 'stderr'>,
  plan: Plan,
  pauses: PauseSwitch,
): PreviewProgress {
  if (stderr.isTTY !== true) return { found: () => {}, end: () => {} }
  const line = new ProgressLine(stderr, plan)
  pauses.attach(line)
  return { found: (nodes, asked) => line.found(nodes, asked), end: () => line.end() }
}

class ProgressLine {
  readonly #stderr: CliContext['stderr']
  readonly #plan: Plan
  readonly #all: number
  readonly #timer: NodeJS.Timeout
  /** Since when a host is seen to be asked. */
  readonly #since = new Map<number, number>()
  #asked: () => readonly number[] = () => []
  #nodes = 0
  #shown = ''
  #shownAt = Number.NEGATIVE_INFINITY
  #isPaused = false

  constructor(stderr: CliContext['stderr'], plan: Plan) {
    this.#stderr = stderr
    this.#plan = plan
    this.#all = plan.steps.reduce((sum, step) => sum + (step.hidden ? 0 : step.targets.length), 0)
    this.#timer = setInterval(() => this.#look(), TIMES.look).unref()
  }

  found(nodes: number, asked: () => readonly number[]): void {
    this.#nodes = nodes
    this.#asked = asked
    if (performance.now() - this.#shownAt >= TIMES.pace) this.#show()
  }

  pause(): void {
    this.#isPaused = true
    this.#clear()
  }

  resume(): void {
    this.#isPaused = false
    this.#show()
  }

  end(): void {
    clearInterval(this.#timer)
    this.#clear()
  }

  #look(): void {
    const now = performance.now()
    const asked = new Set(this.#asked())
    for (const host of this.#since.keys()) if (!asked.has(host)) this.#since.delete(host)
    for (const host of asked) if (!this.#since.has(host)) this.#since.set(host, now)
    this.#show()
  }

  #show(): void {
    const text = this.#text()
    if (this.#isPaused || text === this.#shown) return
    this.#shown = text
    this.#shownAt = performance.now()
    // What is there is written over, and only then is the rest erased: nothing flickers.
    this.#stderr.write(`\r${text}\u001b[K`)
  }

  /** Never as wide as the terminal: a line that is broken could not be taken away. */
  #text(): string {
    const columns = (this.#stderr.columns ?? 80) - 1
    const done = `Asking ${count(this.#plan.hosts.length, 'host')}: ${this.#nodes} of ${this.#all}`
    const silent = this.#silent()
    if (silent.length === 0) return truncate(done, columns)
    const size = silent.length > 1 ? ` (${silent.length})` : ''
    const lead = `${done}, waiting for `
    return truncate(
      `${lead}${cutNames(foldHosts(silent), columns - lead.length - size.length)}${size}`,
      columns,
    )
  }

  #silent(): readonly string[] {
    const before = performance.now() - TIMES.silence
    return [...this.#since]
      .filter(([, since]) => since <= before)
      .map(([host]) => escapeText(this.#plan.hosts[host]?.name ?? ''))
  }

  #clear(): void {
    if (this.#shown !== '') this.#stderr.write('\r\u001b[K')
    this.#shown = ''
  }
}
