import fc from 'fast-check'
import type { Outcome } from '../../src/model/outcome.ts'
import { type Edge, NO_BATCH, type Plan, type PlanStep, type Rolling } from '../../src/model/plan.ts'
import type { Rendered } from '../../src/model/program.ts'
import { planOf, type StepShape } from './plans.ts'

export interface Scenario {
  readonly plan: Plan
  /** How each node ends if it runs. */
  readonly own: (step: number, host: number) => Outcome
  readonly forks: number
  /** Which of the nodes in flight ends next. */
  readonly pick: (inFlight: readonly unknown[]) => number
  /** What a node is: sent, or answered at once, or a pause (which ends well). */
  readonly kind: (step: number, host: number) => Rendered['kind']
  /** How many attempts it takes. */
  readonly attempts: (step: number, host: number) => number
}

interface Options {
  readonly onFailure: readonly PlanStep['onFailure'][]
  readonly outcomes: readonly Outcome[]
}

const OWN: readonly Outcome[] = ['ok', 'changed', 'skipped', 'failed', 'unknown', 'refused']
const SEMAPHORES = [1, 2, 3]

/**
 * Plans of up to eight steps on up to five hosts, with random edges and conditions, targets (none too), idle hosts,
 * delegates, permits, batches and failures.
 */
export function scenarios({ onFailure, outcomes }: Options = { onFailure: ['block'], outcomes: OWN }) {
  return fc
    .record({ hostCount: fc.integer({ min: 1, max: 5 }), stepCount: fc.integer({ min: 1, max: 8 }) })
    .chain(({ hostCount, stepCount }) =>
      fc
        .record({
          shapes: shapesOf(stepCount, hostCount, onFailure),
          rolled: fc.option(rolledOf(stepCount, hostCount), { freq: 2 }),
          ends: fc.array(fc.constantFrom('ok' as const, 'changed' as const, ...outcomes), {
            minLength: 40,
            maxLength: 40,
          }),
          forks: fc.integer({ min: 1, max: 6 }),
          kinds: fc.array(
            fc.constantFrom('action' as const, 'action' as const, 'result' as const, 'pause' as const),
            {
              minLength: 40,
              maxLength: 40,
            },
          ),
          attempts: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 40, maxLength: 40 }),
          choices: fc.array(fc.nat(), { minLength: 40, maxLength: 40 }),
        })
        .map(({ shapes, rolled, ends, forks, choices, kinds, attempts }): Scenario => {
          let turn = 0
          const rolling = rolled === null ? [] : [rollingOf(rolled, stepCount)]
          return {
            plan: planOf(hostCount, rolled === null ? shapes : roll(shapes, rolled), {
              rollings: rolling,
              semaphores: SEMAPHORES,
            }),
            own: (step, host) => ends[step * hostCount + host] as Outcome,
            forks,
            kind: (step, host) => kinds[step * hostCount + host] as Rendered['kind'],
            attempts: (step, host) => attempts[step * hostCount + host] as number,
            pick: inFlight => choices[turn++ % choices.length]! % inFlight.length,
          }
        }),
    )
}

function shapesOf(steps: number, hostCount: number, onFailure: readonly PlanStep['onFailure'][]) {
  const hosts = Array.from({ length: hostCount }, (_, host) => host)
  return fc.tuple(
    ...Array.from({ length: steps }, (_, index): fc.Arbitrary<StepShape> => {
      const edge: fc.Arbitrary<Edge> = fc.record({
        from: fc.nat(Math.max(0, index - 1)),
        on: fc.constantFrom('host' as const, 'all' as const),
        if: fc.constantFrom('success' as const, 'success' as const, 'always' as const, 'failed' as const),
      })
      return fc
        .record(
          {
            targets: fc.oneof(fc.constant(hosts), fc.subarray(hosts)),
            idle: fc.subarray(hosts),
            edges: index === 0 ? fc.constant([]) : fc.array(edge, { maxLength: 3 }),
            throttle: fc.integer({ min: 1, max: 3 }),
            semaphores: fc.uniqueArray(fc.nat(SEMAPHORES.length - 1)),
            delegates: fc.array(fc.nat(hostCount - 1), { minLength: hostCount, maxLength: hostCount }),
            onFailure: fc.constantFrom(...onFailure),
            tolerated: fc.nat(2),
          },
          { requiredKeys: ['targets', 'edges', 'onFailure', 'tolerated'] },
        )
        .map(({ idle, ...shape }) => ({
          ...shape,
          ...(idle === undefined ? {} : { idle: idle.filter(host => !shape.targets.includes(host)) }),
        }))
    }),
  )
}

interface Rolled {
  readonly first: number
  readonly size: number
  /** Of each host of the plan; -1: not in the group. */
  readonly batches: readonly number[]
  readonly once: readonly boolean[]
  readonly tolerated: number
  readonly pauseMs: number
}

function rolledOf(stepCount: number, hostCount: number): fc.Arbitrary<Rolled> {
  return fc.record({
    first: fc.nat(stepCount - 1),
    size: fc.integer({ min: 1, max: 4 }),
    batches: fc.array(fc.integer({ min: -1, max: 2 }), { minLength: hostCount, maxLength: hostCount }),
    once: fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }),
    tolerated: fc.nat(2),
    pauseMs: fc.nat(1000),
  })
}

const isMember = ({ first, size }: Rolled, index: number) => index >= first && index < first + size

function rollingOf(rolled: Rolled, stepCount: number): Rolling {
  const { batches, first, size, tolerated, pauseMs } = rolled
  return {
    batchOf: Uint32Array.from(batches, batch => (batch < 0 ? NO_BATCH : batch)),
    batches: 3,
    steps: Array.from({ length: Math.min(size, stepCount - first) }, (_, at) => first + at),
    tolerated,
    pauseMs,
  }
}

/** Some of the steps made a rolling group: all members run on its hosts or once, and need each other host by host. */
function roll(shapes: readonly StepShape[], rolled: Rolled): StepShape[] {
  const hosts = rolled.batches.flatMap((batch, host) => (batch < 0 ? [] : host))
  const firstBatch = hosts.filter(host => rolled.batches[host] === 0)
  return shapes.map((shape, index) => {
    if (!isMember(rolled, index)) return shape
    const targets = rolled.once[index] && firstBatch.length > 0 ? firstBatch.slice(0, 1) : hosts
    const { idle: _, ...rest } = shape
    const edges = (shape.edges ?? []).map(
      (edge): Edge => ({ ...edge, on: isMember(rolled, edge.from) ? 'host' : edge.on }),
    )
    return { ...rest, targets, edges, rolling: 0 }
  })
}
