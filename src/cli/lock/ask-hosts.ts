import { runPlan } from '../../engine/run.ts'
import type { RunAction } from '../../model/action.ts'
import type { Host } from '../../model/host.ts'
import { LIMITS } from '../../model/limits.ts'
import { type NodeResult, satisfies } from '../../model/outcome.ts'
import type { Plan } from '../../model/plan.ts'
import type { Program, Rendered } from '../../model/program.ts'
import type { Pool } from '../../worker/pool.ts'
import type { Inputs } from '../inputs/inputs.ts'

/** Shell text for a host, and whether it is to run as the user that the command line or the inventory names. */
export interface Question {
  readonly script: string
  readonly become: boolean
}

export type HostAnswer =
  | { readonly kind: 'said'; readonly text: string }
  | { readonly kind: 'failed'; readonly message: string }

/** Runs shell text of ours on hosts; the pool stays open. Answers are in the order of the inventory. */
export async function askHosts(
  inputs: Inputs,
  pool: Pool,
  forks: number,
  signal: AbortSignal,
  question: (host: Host, action: RunAction) => Question | undefined,
): Promise<ReadonlyMap<string, HostAnswer>> {
  const { plan } = inputs
  const answers = new Map<string, HostAnswer>()
  const asked = new Set<number>()
  await runPlan({
    plan,
    runId: inputs.run.id,
    program: asking(inputs.again().program, plan, question, asked),
    executor: events => {
      const executor = pool.attach(plan, events)
      return {
        start: (...node) => executor.start(...node),
        stop: (...node) => executor.stop(...node),
        release: host => executor.release(host),
        close: () => Promise.resolve(),
      }
    },
    listeners: [
      event => {
        if (event.kind !== 'node_finished' || !asked.has(event.host)) return
        const name = plan.hosts[event.host]?.name ?? ''
        answers.set(name, answerOf(event.result, event.outcome))
      },
    ],
    onBrokenListener: error => {
      throw error
    },
    clock: Date.now,
    schedule: (ms, then) => {
      const timer = setTimeout(then, ms)
      return () => clearTimeout(timer)
    },
    forks,
    signal,
  })
  return new Map(
    plan.hosts.flatMap(({ name }) => {
      const answer = answers.get(name)
      return answer === undefined ? [] : [[name, answer] as const]
    }),
  )
}

function answerOf(result: NodeResult | undefined, outcome: NodeResult['outcome']): HostAnswer {
  if (result !== undefined && satisfies(outcome))
    return { kind: 'said', text: result.stdout.head + result.stdout.tail }
  return { kind: 'failed', message: `${outcome}: ${result?.failure?.message ?? 'not asked'}` }
}

/** The program of an ad hoc command, with other shell text. */
function asking(
  program: Program,
  { hosts }: Plan,
  question: Parameters<typeof askHosts>[4],
  asked: Set<number>,
): Program {
  const render = (step: number, host: number): Rendered => {
    const rendered = program.render(step, host)
    if (rendered.kind !== 'action' || rendered.action.kind !== 'run') return rendered
    const { become, ...action } = rendered.action
    const wanted = question(hosts[host] as Host, rendered.action)
    if (wanted === undefined) return { kind: 'result', result: NOTHING }
    asked.add(host)
    const as = wanted.become && become !== undefined ? { become } : {}
    return {
      kind: 'action',
      action: { ...action, ...as, script: wanted.script, readOnly: true, timeoutMs: LIMITS.lockListMs },
    }
  }
  return { render, judge: (_, __, result) => ({ kind: 'stands', result }), ended: () => {} }
}

const NO_TEXT = { head: '', tail: '', bytes: 0, truncated: false }
const NOTHING: NodeResult = { outcome: 'ok', stdout: NO_TEXT, stderr: NO_TEXT, durationMs: 0 }
