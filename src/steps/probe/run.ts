import { randomBytes } from 'node:crypto'
import type { RunAction } from '../../model/action.ts'
import type { Finding, Reads, RunFinding } from '../../model/finding.ts'
import { type NamedReads, namedReadsOf } from '../reads/reads-of.ts'
import { failureOf } from '../result.ts'
import { lookScript, looksFirst, runScript } from '../run-script.ts'
import { cannotSend } from '../run-sendable.ts'
import { guardAtWork, preludeEnding } from '../run-verdict.ts'
import { quoteWord } from '../shell-words.ts'
import { createVerdictFilter, type Prelude } from '../verdict-filter.ts'
import { type Question, unseen } from './question.ts'
import { readPaths, tellRealPaths } from './real-paths.ts'

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
  // Where a run that only reads has no guards, what it reads is still to be told.
  return looksFirst(action) || action.readOnly ? new RunQuestion(action, mark) : found('runs', NOTHING)
}

const NOTHING: Reads = { exists: [], contents: [] }

function found(outlook: RunFinding['outlook'], reads: Reads): RunFinding {
  return { kind: 'run', outlook, reads }
}

/** More of the paths that a run looks at is not kept. In bytes. */
const MOST_PATHS = 1 << 20

class RunQuestion implements Question {
  readonly place = 'login'
  readonly library = []
  readonly #action: RunAction
  readonly #mark: string
  readonly #filter: ReturnType<typeof createVerdictFilter>
  readonly #named: NamedReads
  readonly #paths = { exists: [] as Buffer[], contents: [] as Buffer[] }
  #section: 'exists' | 'contents' | 'prelude' | undefined
  #kept = 0

  constructor(action: RunAction, mark: string) {
    this.#action = action
    this.#mark = mark
    this.#filter = createVerdictFilter(mark)
    this.#named = namedReadsOf(action)
  }

  get become() {
    return this.#action.become
  }

  /** As a step's script is begun: under -e, with its environment exported. */
  text(mark: string): string {
    const { env, cwd } = this.#action
    const exports = env.map(([name, value]) => `export ${name}=${quoteWord(value)}\n`).join('')
    const paths = tellRealPaths(cwd, this.#named, mark)
    return `set -e\n${exports}${paths}echo '\n${mark} prelude'\n${lookScript(this.#action, this.#mark)}`
  }

  record(word: string): void {
    if (word === 'exists' || word === 'contents' || word === 'prelude') this.#section = word
  }

  content(chunk: Buffer): void {
    if (this.#section === 'prelude') this.#filter.pass(chunk)
    if (this.#section !== 'exists' && this.#section !== 'contents') return
    this.#kept += chunk.length
    if (this.#kept <= MOST_PATHS) this.#paths[this.#section].push(Buffer.from(chunk))
  }

  busyWith(): string {
    const guard = guardAtWork(this.#filter.prelude())
    return guard === undefined ? 'the look at its guards' : `its ${guard}`
  }

  async answer(): Promise<Finding> {
    this.#filter.flush()
    return this.#judge(this.#filter.prelude(), this.#realReads())
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

  #realReads(): Reads {
    const { contents } = this.#named
    const real = (parts: readonly Buffer[]) => readPaths(Buffer.concat(parts))
    return {
      exists: real(this.#paths.exists),
      contents: contents === 'anything' || this.#kept > MOST_PATHS ? 'anything' : real(this.#paths.contents),
    }
  }
}
