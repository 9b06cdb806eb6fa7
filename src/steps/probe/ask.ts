import { randomBytes } from 'node:crypto'
import type { Become } from '../../model/action.ts'
import type { Failure } from '../../model/errors.ts'
import { LIMITS } from '../../model/limits.ts'
import { formatMs } from '../../model/quantity.ts'
import type { ExecEnd } from '../../transport/transport.ts'
import { createCapture } from '../capture.ts'
import { execUntil, startDeadline } from '../deadline.ts'
import { lastLine } from '../last-line.ts'
import { brokenOff, type Ending, failureOf } from '../result.ts'
import type { StepContext } from '../step.ts'
import { inOrder, programFor } from './program.ts'
import type { Question } from './question.ts'
import { createRecordReader } from './records.ts'

/** Why questions got no answer; a question that is not here got one. Or how the whole look ended. */
export type Asked = ReadonlyMap<Question, Failure> | Ending

/** The wrapper holds a program in memory; a longer one is sent in parts. In characters. */
const PROGRAM = LIMITS.stdinBytes / 8

/** What a question may make the host send. In bytes. */
const MOST_OUTPUT = 64 << 20

/** What one look at a host may still bring, over all its questions: their answers are held at once. */
export interface AnswerBudget {
  bytes: number
}

export function answerBudget(): AnswerBudget {
  return { bytes: 2 * MOST_OUTPUT }
}

/**
 * Asks questions that have the same `become`, in one exec. Where one of them does not come to its end, it gets no
 * answer, and those after it are asked once more, while there is time. A question has no more of it than its step.
 */
export async function askAll(
  questions: readonly Question[],
  context: StepContext,
  timeoutMs: number,
  budget: AnswerBudget,
): Promise<Asked> {
  const missing = new Map<Question, Failure>()
  for (const part of partsOf(inOrder(questions))) {
    const ending = await askPart(part, missing, { context, timeoutMs, budget })
    if (ending !== undefined) return ending
  }
  return missing
}

interface Terms {
  readonly context: StepContext
  readonly timeoutMs: number
  readonly budget: AnswerBudget
}

/** Adds to `missing`. */
async function askPart(
  part: readonly Question[],
  missing: Map<Question, Failure>,
  terms: Terms,
): Promise<Ending | undefined> {
  const late = performance.now() + 2 * terms.timeoutMs
  for (let left = part; left.length > 0; ) {
    const round = await askOnce(left, terms)
    if ('outcome' in round) return round
    if (round.stuck !== undefined) missing.set(round.stuck, round.failure)
    // A host that did not begin at all would do the same again, and a wrong password counts.
    const again = round.left.length < left.length && performance.now() < late
    if (!again) for (const question of round.left) missing.set(question, round.failure)
    left = again ? round.left : []
  }
  return undefined
}

function partsOf(questions: readonly Question[]): readonly (readonly Question[])[] {
  const parts: Question[][] = []
  let size = Number.POSITIVE_INFINITY
  for (const question of questions) {
    const length = question.text('').length
    if (size + length > PROGRAM) {
      parts.push([])
      size = 0
    }
    parts.at(-1)?.push(question)
    size += length
  }
  return parts
}

/** `stuck` is what did not come to its end, `left` what was not begun. */
interface Round {
  readonly stuck?: Question
  readonly left: readonly Question[]
  readonly failure: Failure
}

async function askOnce(
  questions: readonly Question[],
  { context, timeoutMs, budget }: Terms,
): Promise<Round | Ending> {
  const mark = randomBytes(16).toString('hex')
  const progress = new Progress(questions, budget, reason => exec.stop(reason))
  const reader = createRecordReader(mark, progress)
  const stderr = createCapture({ head: 0, tail: LIMITS.capturedTail })
  const exec = execUntil(
    startDeadline(timeoutMs),
    context,
    request(programFor(questions, mark), questions[0]?.become),
    { onStdout: chunk => reader.push(chunk), onStderr: chunk => stderr.add(chunk) },
  )
  const end = await exec.done
  progress.end()
  reader.end()
  if (progress.done) return { left: [], failure: failureOf('bug', 'every question was answered') }
  const words = lastLine(stderr.text())
  const why = progress.flooded ? FLOOD : whyNot(end, words, context, timeoutMs, progress)
  if ('outcome' in why) return why
  return { left: progress.left, failure: why, ...(progress.current && { stuck: progress.current }) }
}

const FLOOD: Failure = failureOf('remote_shell', 'it sends far too much')

/** The shell of a step reads a program faster from its input than as its script. */
function request(program: string, become: Become | undefined) {
  const stdin = { kind: 'text', text: program } as const
  return { script: 'p=$(cat); eval "unset -v p; $p"', env: [], stdin, ...(become && { become }) }
}

function whyNot(
  end: ExecEnd,
  words: string,
  { signal }: StepContext,
  timeoutMs: number,
  { current, longest }: Progress,
): Failure | Ending {
  const what = current?.busyWith() ?? 'the host'
  if (end.kind === 'exit') {
    const said = words === '' ? `exit status ${end.code}` : words
    return failureOf('remote_shell', `the look ended early in ${what}: ${said}`)
  }
  if (end.kind === 'stopped' && !signal.aborted) {
    const step = current?.timeoutMs ?? longest
    const [time, whose] = step < timeoutMs ? [step, 'the step'] : [timeoutMs, 'a look']
    const message = `${what} did not end within ${formatMs(time)}, which is all that ${whose} may take`
    return failureOf('step_timeout', message)
  }
  if (end.kind === 'signal') return failureOf('step_signal', `ended by signal ${end.signal} in ${what}`)
  const ending = brokenOff(end, timeoutMs)
  return ending.outcome === 'failed' && ending.failure !== undefined ? ending.failure : ending
}

/** Hands records to the questions that they answer, and knows how far the host has come. */
class Progress {
  readonly #questions: readonly Question[]
  readonly #budget: AnswerBudget
  readonly #stop: (reason: 'timeout' | 'now') => void
  /** How long the longest of them may take; so long the host has to begin. */
  readonly longest: number
  #next = 0
  #received = 0
  #timer: NodeJS.Timeout | undefined
  current: Question | undefined
  done = false

  constructor(
    questions: readonly Question[],
    budget: AnswerBudget,
    stop: (reason: 'timeout' | 'now') => void,
  ) {
    this.#questions = questions
    this.#budget = budget
    this.#stop = stop
    this.longest = Math.max(...questions.map(question => question.timeoutMs))
    this.#allow(this.longest)
  }

  get left(): readonly Question[] {
    return this.#questions.slice(this.#next)
  }

  get flooded(): boolean {
    return this.#received > MOST_OUTPUT || this.#budget.bytes < 0
  }

  readonly record = (word: string, rest: string) => {
    if (word === 'done') this.done = true
    else if (word === 'item' && rest === `${this.#next}`) {
      this.#begin(this.#questions[this.#next])
    } else if (word === 'end') {
      this.end()
      this.current = undefined
    } else this.current?.record(word, rest)
  }

  /** Nobody waits for the current question any more. */
  end(): void {
    clearTimeout(this.#timer)
  }

  #begin(question: Question | undefined): void {
    this.end()
    this.current = question
    this.#next += 1
    this.#received = 0
    this.#allow(question?.timeoutMs ?? 0)
  }

  #allow(timeoutMs: number): void {
    if (timeoutMs < LIMITS.probeMs) this.#timer = setTimeout(() => this.#stop('timeout'), timeoutMs)
  }

  readonly content = (chunk: Buffer) => {
    this.#received += chunk.length
    this.#budget.bytes -= chunk.length
    if (this.flooded) this.#stop('now')
    else this.current?.content(chunk)
  }
}
