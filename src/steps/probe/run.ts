import { randomBytes } from 'node:crypto'
import type { RunAction } from '../../model/action.ts'
import type { Finding, Reads, RunFinding } from '../../model/finding.ts'
import { namedReadsOf } from '../reads/reads-of.ts'
import { failureOf } from '../result.ts'
import { lookScript, looksFirst, runScript } from '../run-script.ts'
import { cannotSend } from '../run-sendable.ts'
import { guardAtWork, preludeEnding } from '../run-verdict.ts'
import { quoteWord } from '../shell-words.ts'
import { createVerdictFilter, type Prelude } from '../verdict-filter.ts'
import { type Question, unseen } from './question.ts'
import { type NamedPaths, tellRealPaths } from './real-paths.ts'
import { RealPathsHearing } from './real-paths-hearing.ts'

/** What a run would do: the host is asked only where it decides. */
export function lookAtRun(action: RunAction): Finding | Question {
  const name = action.env.find(([key]) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(key))?.[0]
  if (name !== undefined) {
    const message = `"${name}" cannot be the name of an environment variable`
    return { ...found('fails', NOTHING), failure: failureOf('step_render', message) }
  }
  const mark = randomBytes(16).toString('hex')
  const refusal = cannotSend(action, runScript({ ...action, planned: 'runs' }, mark))
  if (refusal?.failure !== undefined) return { ...found('fails', NOTHING), failure: refusal.failure }
  // Where there are no guards, what it reads is still to be told, or where it writes.
  const tells = action.readOnly || (action.writes ?? []).length > 0
  return looksFirst(action) || tells ? new RunQuestion(action, mark) : found('runs', NOTHING)
}

const NOTHING: Reads = { exists: [], contents: [] }

function found(outlook: RunFinding['outlook'], reads: Reads): RunFinding {
  return { kind: 'run', outlook, reads }
}

class RunQuestion implements Question {
  readonly place = 'login'
  readonly functions = []
  readonly #action: RunAction
  readonly #mark: string
  readonly #filter: ReturnType<typeof createVerdictFilter>
  readonly #named: NamedPaths
  readonly #paths: RealPathsHearing
  #section: 'paths' | 'prelude' = 'paths'

  constructor(action: RunAction, mark: string) {
    this.#action = action
    this.#mark = mark
    this.#filter = createVerdictFilter(mark)
    const { cwd, writes = [], readOnly } = action
    this.#named = { cwd, reads: namedReadsOf(action), writes: readOnly ? [] : writes }
    this.#paths = new RealPathsHearing(this.#named)
  }

  get become() {
    return this.#action.become
  }

  get timeoutMs() {
    return this.#action.timeoutMs
  }

  /** As a step's script is begun: under -e, with its environment exported. */
  text(mark: string): string {
    const { env } = this.#action
    const exports = env.map(([name, value]) => `export ${name}=${quoteWord(value)}\n`).join('')
    const paths = tellRealPaths(this.#named, mark)
    return `set -e\n${exports}${paths}echo '\n${mark} prelude'\n${lookScript(this.#action, this.#mark)}`
  }

  record(word: string, rest: string): void {
    if (word === 'prelude') this.#section = word
    if (this.#section === 'paths') this.#paths.record(word, rest)
  }

  content(chunk: Buffer): void {
    if (this.#section === 'prelude') this.#filter.pass(chunk)
    else this.#paths.content(chunk)
  }

  busyWith(): string {
    const guard = guardAtWork(this.#filter.prelude())
    return guard === undefined ? 'the look at its guards' : `its ${guard}`
  }

  async answer(): Promise<Finding> {
    this.#filter.flush()
    const finding = this.#judge(this.#filter.prelude(), this.#paths.reads())
    const writes = this.#paths.writes()
    return finding.kind === 'run' && writes !== undefined ? { ...finding, writes } : finding
  }

  #judge(prelude: Prelude, reads: Reads): Finding {
    if (prelude.finding === 'ready') return found('runs', reads)
    const { planned: _, ...action } = this.#action
    const ending = preludeEnding(action, prelude)
    if (ending === undefined) {
      return unseen(failureOf('remote_shell', 'the host did not look at its guards to their end'))
    }
    if (ending.failure !== undefined) return { ...found('fails', reads), failure: ending.failure }
    return { ...found('held', reads), ...(ending.note === undefined ? {} : { note: ending.note }) }
  }
}
