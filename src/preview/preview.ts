import { Precedence } from '../compile/races/precedence.ts'
import { Carriers } from '../engine/carriers.ts'
import type { ExecutorEvents } from '../engine/executor.ts'
import type { Failure } from '../model/errors.ts'
import type { Foresight, NodeName } from '../model/foresight.ts'
import { LIMITS } from '../model/limits.ts'
import type { Plan } from '../model/plan.ts'
import type { Preview } from '../model/preview.ts'
import type { SketchNode } from '../model/sketch.ts'
import { Revision } from './early-end.ts'
import { Gathering } from './gathering.ts'
import { Previewer } from './previewer.ts'
import type { Asker } from './visits.ts'

export interface PreviewOptions {
  readonly plan: Plan
  readonly foresight: Foresight
  readonly sketch: SketchNode
  /** Makes what asks the hosts; the caller ends it. */
  readonly asker: (events: ExecutorEvents) => Asker
  /** Hosts asked at the same time; LIMITS.forks where absent. */
  readonly forks?: number
  /** Whether the differences of texts are wanted. */
  readonly diffs: boolean
  /** Told how many nodes have a verdict, the first time none; `asked` gives the hosts whose answers are on the way. */
  readonly progress?: (found: number, asked: () => readonly number[]) => void
  readonly signal?: AbortSignal
  readonly nowSignal?: AbortSignal
}

/** Asks the hosts of a plan what it would do. Undefined after an interruption; rejects only for a bug. */
export async function preview(options: PreviewOptions): Promise<Preview | undefined> {
  const { plan, foresight, sketch, signal, nowSignal } = options
  const gathering = new Gathering(plan, sketch)
  const unreachable = new Map<number, Failure>()
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const precedence = new Precedence(plan, false)
  const order = (first: NodeName, second: NodeName) =>
    precedence.before(first.step, first.host, second.step, second.host)
  let found = 0
  const previewer = new Previewer({
    plan,
    foresight,
    order,
    carriers: new Carriers(plan),
    forks: Math.max(1, options.forks ?? LIMITS.forks),
    diffs: options.diffs,
    found: (node, verdict) => {
      gathering.add(node, verdict)
      found += 1
      options.progress?.(found, asked)
    },
    unreachable: (host, failure) => void unreachable.set(host, failure),
    done: bug => (bug === undefined ? resolve() : reject(bug)),
  })
  const asked = () => previewer.asked
  const stop = () => previewer.stop('cancel')
  const stopNow = () => previewer.stop('now')
  if (signal?.aborted) return undefined
  signal?.addEventListener('abort', stop, { once: true })
  nowSignal?.addEventListener('abort', stopNow, { once: true })
  options.progress?.(0, asked)
  try {
    previewer.start(options.asker(previewer))
    await promise
  } finally {
    signal?.removeEventListener('abort', stop)
    nowSignal?.removeEventListener('abort', stopNow)
  }
  if (signal?.aborted) return undefined
  gathering.revise(new Revision(plan, previewer.earlyEnd, order))
  return gathering.preview(unreachable)
}
