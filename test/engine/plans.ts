import type { Edge, Plan, PlanStep } from '../../src/model/plan.ts'

/** What a test says of a step; the rest is of no concern to the engine. */
export interface StepShape {
  readonly targets: readonly number[]
  readonly edges?: readonly Edge[]
  readonly throttle?: number
  readonly onFailure?: PlanStep['onFailure']
  readonly tolerated?: number
}

export function planOf(hostCount: number, shapes: readonly StepShape[], maxFailures?: number): Plan {
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
    rollings: [],
    semaphores: [],
    order: steps.map(step => step.index),
    ...(maxFailures === undefined ? {} : { maxFailures }),
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
    semaphores: [],
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
    ...(shape.throttle === undefined ? {} : { throttle: shape.throttle }),
  }
}

/** Needs all of `from` on the same host. */
export const onHost = (from: number): Edge => ({ from, on: 'host', if: 'success' })
/** Needs `from` on all of its hosts. */
export const onAll = (from: number): Edge => ({ from, on: 'all', if: 'success' })
