import type { Edge, Plan, PlanStep, Rolling } from '../../src/model/plan.ts'

/** What a test says of a step; the rest is of no concern to the engine. */
export interface StepShape {
  readonly targets: readonly number[]
  readonly edges?: readonly Edge[]
  readonly throttle?: number
  readonly onFailure?: PlanStep['onFailure']
  readonly tolerated?: number
  readonly idle?: readonly number[]
  readonly semaphores?: readonly number[]
  readonly rolling?: number
  readonly delegates?: readonly number[]
}

export interface PlanShape {
  readonly maxFailures?: number
  readonly rollings?: readonly Rolling[]
  /** Permits of each. */
  readonly semaphores?: readonly number[]
}

export function planOf(hostCount: number, shapes: readonly StepShape[], more: PlanShape = {}): Plan {
  const hosts = Array.from({ length: hostCount }, (_, index) => ({
    name: `h${index}`,
    vars: {},
    groups: ['all'],
    connection: { transport: 'local' as const, address: '127.0.0.1', port: 22, user: 'me', keys: [] },
  }))
  const steps = shapes.map(stepOf)
  return {
    name: 'test',
    file: 'test.yml',
    hosts,
    steps,
    groups: [],
    rollings: more.rollings ?? [],
    semaphores: (more.semaphores ?? []).map((permits, index) => ({ name: `p${index}`, permits })),
    order: steps.map(step => step.index),
    ...(more.maxFailures === undefined ? {} : { maxFailures: more.maxFailures }),
  }
}

function stepOf(shape: StepShape, index: number): PlanStep {
  return {
    index,
    id: `s${index}`,
    title: `s${index}`,
    targets: Uint32Array.from(shape.targets),
    edges: shape.edges ?? [],
    onFailure: shape.onFailure ?? 'block',
    tolerated: shape.tolerated ?? 0,
    once: false,
    semaphores: shape.semaphores ?? [],
    when: [],
    tags: [],
    hidden: false,
    action: {
      kind: 'run',
      script: ['true'],
      env: [],
      creates: [],
      removes: [],
      readOnly: false,
      timeoutMs: 1000,
    },
    where: { file: 'test.yml', line: index + 1, col: 1 },
    ...(shape.idle === undefined ? {} : { idle: Uint32Array.from(shape.idle) }),
    ...(shape.rolling === undefined ? {} : { rolling: shape.rolling }),
    ...(shape.delegates === undefined ? {} : { delegates: Uint32Array.from(shape.delegates) }),
    ...(shape.throttle === undefined ? {} : { throttle: shape.throttle }),
  }
}

/** Needs all of `from` on the same host. */
export const onHost = (from: number): Edge => ({ from, on: 'host', if: 'success' })
/** Needs `from` on all of its hosts. */
export const onAll = (from: number): Edge => ({ from, on: 'all', if: 'success' })
/** Needs it on the same host, or on all, to have ended somehow, or not well. */
export const after = (from: number, cond: Edge['if'], on: Edge['on'] = 'host'): Edge => ({
  from,
  on,
  if: cond,
})
