import type { ResultView } from '../../expr/scope.ts'
import { LIMITS } from '../../model/limits.ts'
import { NO_OUTPUT, type NodeResult, OUTCOMES, type Outcome, satisfies } from '../../model/outcome.ts'
import { formatBytes } from '../../model/quantity.ts'
import type { Value } from '../../model/value.ts'
import type { Draft } from '../lower/block.ts'

/** What later expressions use of a step: how it ended, or what it printed as well. */
export type Kept = 'outcome' | 'output'

interface Shelf {
  readonly kept: Kept
  /** For each host 0, or 1 + the index of the outcome. */
  readonly outcomes: Uint8Array
  readonly results: (NodeResult | undefined)[]
}

/** The results of those steps that expressions refer to, within a bound. */
export class Results {
  readonly #shelves = new Map<Draft, Shelf>()
  readonly #facts = new Map<number, Value>()
  #bytes = 0

  constructor(referenced: ReadonlyMap<Draft, Kept>, hosts: number) {
    for (const [draft, kept] of referenced)
      this.#shelves.set(draft, { kept, outcomes: new Uint8Array(hosts), results: [] })
  }

  keep(draft: Draft, host: number, outcome: Outcome, result: NodeResult | undefined): void {
    const shelf = this.#shelves.get(draft)
    if (shelf === undefined) return
    shelf.outcomes[host] = 1 + OUTCOMES.indexOf(outcome)
    if (result !== undefined && hasRun(draft, result)) shelf.results[host] = this.#taken(result, shelf.kept)
  }

  view(draft: Draft, host: number): ResultView | undefined {
    const shelf = this.#shelves.get(draft)
    const outcome = OUTCOMES[(shelf?.outcomes[host] ?? 0) - 1]
    if (shelf === undefined || outcome === undefined) return undefined
    const result = shelf.results[host]
    if (result === undefined) return { outcome }
    const incomplete = shelf.kept === 'output' ? incompleteness(result) : undefined
    return { outcome, result, ...(incomplete === undefined ? {} : { incomplete }) }
  }

  keepFacts(host: number, facts: Value): void {
    this.#facts.set(host, facts)
  }

  facts(host: number): Value | undefined {
    return this.#facts.get(host)
  }

  /** The result without what nothing will ask for. Beyond the bound its output is dropped: then it counts as truncated. */
  #taken(result: NodeResult, kept: Kept): NodeResult {
    const { outcome, exitCode, stdout, stderr, durationMs } = result
    const bare = { outcome, ...(exitCode === undefined ? {} : { exitCode }), durationMs }
    if (kept === 'outcome') return { ...bare, stdout: NO_OUTPUT, stderr: NO_OUTPUT }
    const bytes = stdout.head.length + stdout.tail.length + stderr.head.length + stderr.tail.length
    if (this.#bytes + bytes > LIMITS.keptOutput) return { ...bare, stdout: DROPPED, stderr: DROPPED }
    this.#bytes += bytes
    return { ...bare, stdout, stderr }
  }
}

const DROPPED = { ...NO_OUTPUT, truncated: true }

/** What was not sent, a satisfied guard and a host without a connection leave no result of their own. */
export function hasRun({ checked }: Draft, { outcome, exitCode, failure }: NodeResult): boolean {
  if (outcome === 'skipped' || outcome === 'unreachable') return false
  const isRun = checked.spec.kind === 'leaf' && checked.spec.action.kind === 'run'
  if (!isRun || exitCode !== undefined) return true
  return !satisfies(outcome) && failure?.code !== 'step_render' && failure?.code !== 'step_condition'
}

/** As `until` and its like see the step's own result. */
export function ownView(result: NodeResult): ResultView {
  const incomplete = incompleteness(result)
  return { outcome: result.outcome, result, ...(incomplete === undefined ? {} : { incomplete }) }
}

function incompleteness({ stdout, stderr }: NodeResult): string | undefined {
  if (stdout === DROPPED)
    return `the outputs kept for expressions are more than ${formatBytes(LIMITS.keptOutput)}`
  if (!stdout.truncated && !stderr.truncated) return undefined
  const most = LIMITS.capturedHead + LIMITS.capturedTail
  if (![stdout, stderr].some(({ truncated, bytes }) => truncated && bytes > most))
    return 'its output of before the run went on was not kept as it was'
  return `its output is longer than ${formatBytes(most)}, of which only the beginning and the end are kept`
}
