import fc from 'fast-check'
import type { Outcome } from '../../src/model/outcome.ts'
import type { Edge, Plan, PlanStep } from '../../src/model/plan.ts'
import { planOf, type StepShape } from './plans.ts'

export interface Scenario {
  readonly plan: Plan
  /** How each node ends if it runs. */
  readonly own: (step: number, host: number) => Outcome
  readonly forks: number
  /** Which of the nodes in flight ends next. */
  readonly pick: (inFlight: readonly unknown[]) => number
}

interface Options {
  readonly onFailure: readonly PlanStep['onFailure'][]
  readonly outcomes: readonly Outcome[]
}

const OWN: readonly Outcome[] = ['ok', 'changed', 'skipped', 'failed', 'unknown', 'refused']

/** Plans of up to eight steps on up to five hosts, with random edges, targets (none too), limits and failures. */
export function scenarios({ onFailure, outcomes }: Options = { onFailure: ['block'], outcomes: OWN }) {
  return fc.integer({ min: 1, max: 5 }).chain(hostCount =>
    fc
      .record({
        shapes: fc.integer({ min: 1, max: 8 }).chain(steps => shapesOf(steps, hostCount, onFailure)),
        ends: fc.array(fc.constantFrom('ok' as const, 'changed' as const, ...outcomes), {
          minLength: 40,
          maxLength: 40,
        }),
        forks: fc.integer({ min: 1, max: 6 }),
        choices: fc.array(fc.nat(), { minLength: 40, maxLength: 40 }),
      })
      .map(({ shapes, ends, forks, choices }): Scenario => {
        let turn = 0
        return {
          plan: planOf(hostCount, shapes),
          own: (step, host) => ends[step * hostCount + host] as Outcome,
          forks,
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
        if: fc.constant('success' as const),
      })
      return fc.record(
        {
          targets: fc.oneof(fc.constant(hosts), fc.subarray(hosts)),
          edges: index === 0 ? fc.constant([]) : fc.array(edge, { maxLength: 3 }),
          throttle: fc.integer({ min: 1, max: 3 }),
          onFailure: fc.constantFrom(...onFailure),
          tolerated: fc.nat(2),
        },
        { requiredKeys: ['targets', 'edges', 'onFailure', 'tolerated'] },
      )
    }),
  )
}
