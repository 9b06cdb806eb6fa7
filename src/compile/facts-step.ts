import { parseFacts } from '../facts/parse.ts'
import { FACTS_SCRIPT } from '../facts/script.ts'
import type { RunAction } from '../model/action.ts'
import { LIMITS } from '../model/limits.ts'
import type { NodeResult } from '../model/outcome.ts'
import type { PlanStep } from '../model/plan.ts'
import type { Where } from '../model/problem.ts'
import type { Value } from '../model/value.ts'
import type { Hosts } from './lower/block.ts'

/** What gathers the facts of a host, as who logs in: they are about the login. */
export const FACTS_ACTION: RunAction = {
  kind: 'run',
  script: FACTS_SCRIPT,
  env: [],
  creates: [],
  removes: [],
  readOnly: true,
  timeoutMs: LIMITS.factsMs,
}

/**
 * The first step of a plan whose expressions refer to facts, on the hosts for which they do. Nobody on another one of
 * the plan's hosts waits for them.
 */
export function factsStep(targets: Hosts, hostCount: number, file: string): PlanStep {
  const where: Where = { file, line: 1, col: 1 }
  const asked = new Set(targets)
  const others = Uint32Array.from({ length: hostCount }, (_, host) => host).filter(host => !asked.has(host))
  return {
    index: 0,
    id: 'facts',
    title: 'facts',
    targets,
    ...(others.length === 0 ? {} : { idle: others }),
    edges: [],
    semaphores: [],
    onFailure: 'block',
    tolerated: 0,
    once: false,
    when: [],
    tags: [],
    hidden: true,
    action: {
      kind: 'run',
      script: [FACTS_SCRIPT],
      env: [],
      creates: [],
      removes: [],
      readOnly: true,
      become: { kind: 'no' },
      timeoutMs: LIMITS.factsMs,
    },
    where,
  }
}

/** The facts in the result of that step, or the result as a failure where they cannot be read. */
export function readFacts(result: NodeResult): { readonly result: NodeResult; readonly facts?: Value } {
  if (result.outcome !== 'ok') return { result }
  const { stdout } = result
  const facts = stdout.truncated ? undefined : parseFacts(stdout.head)
  if (facts !== undefined) return { result, facts }
  const failure = {
    code: 'remote_shell',
    message: 'the host does not answer the questions about its facts',
  } as const
  return { result: { ...result, outcome: 'failed', failure } }
}
