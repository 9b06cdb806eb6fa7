import { LIMITS } from '../model/limits.ts'
import type { Captured, NodeResult } from '../model/outcome.ts'
import type { Plan } from '../model/plan.ts'
import type { Past } from './past.ts'
import { type OutputRecord, readOutput } from './read-output.ts'

export type NodeOutput = Pick<NodeResult, 'stdout' | 'stderr'>

/**
 * What nodes that are done had printed, where it is kept whole: undefined where some of it is missing or masked.
 * @param wanted the steps of which it is asked for; of others it counts as whole
 */
export async function readPastOutput(
  folder: string,
  plan: Plan,
  past: Past,
  wanted: (step: number) => boolean,
): Promise<(step: number, host: number) => NodeOutput | undefined> {
  const texts = plan.steps.some(({ index }) => wanted(index))
    ? await textsOf(folder, plan, past, wanted)
    : new Map<number, Texts>()
  return (step, host) => {
    const result = past.of(step, host)?.result
    if (result === undefined) return undefined
    if (!wanted(step)) return { stdout: result.stdout, stderr: result.stderr }
    const { stdout = '', stderr = '' } = texts.get(step * plan.hosts.length + host) ?? {}
    const [out, err] = [whole(result.stdout, stdout), whole(result.stderr, stderr)]
    return out === undefined || err === undefined ? undefined : { stdout: out, stderr: err }
  }
}

interface Texts {
  stdout: string
  stderr: string
}

async function textsOf(
  folder: string,
  plan: Plan,
  past: Past,
  wanted: (step: number) => boolean,
): Promise<ReadonlyMap<number, Texts>> {
  const steps = new Map(plan.steps.map(({ id, index }) => [id, index]))
  const hosts = new Map(plan.hosts.map(({ name }, index) => [name, index]))
  const texts = new Map<number, Texts>()
  const add = ({ after, stream, text, ...names }: OutputRecord): void => {
    const [step, host] = [steps.get(names.step), hosts.get(names.host)]
    if (step === undefined || host === undefined || !wanted(step)) return
    // Of an earlier attempt.
    if (after < (past.of(step, host)?.sentAt ?? 0)) return
    const node = step * plan.hosts.length + host
    const known = texts.get(node) ?? { stdout: '', stderr: '' }
    if (known[stream].length <= LIMITS.capturedHead + LIMITS.capturedTail) known[stream] += text
    texts.set(node, known)
  }
  for await (const record of readOutput(folder)) add(record)
  return texts
}

/** The text, if it is all that the host sent, as it was sent. */
function whole({ bytes, truncated, masked }: Captured, text: string): Captured | undefined {
  if (truncated || masked || Buffer.byteLength(text) !== bytes) return undefined
  return { head: text, tail: '', bytes, truncated: false }
}
