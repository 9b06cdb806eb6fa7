import { withOthers } from '../../expr/render-problem.ts'
import type { RunAction } from '../../model/action.ts'
import type { Foreseen, ForeseenEnd, Foresight } from '../../model/foresight.ts'
import { NO_OUTPUT, type NodeResult } from '../../model/outcome.ts'
import { FACTS_ACTION, readFacts } from '../facts-step.ts'
import type { Draft } from '../lower/block.ts'
import type { ForeseenResults, Met } from './foreseen-results.ts'
import { placesOf } from './places.ts'
import { CompiledProgram, type PlanIndex, type ProgramInputs, type Unrendered } from './program.ts'

export interface ForesightInputs extends Pick<ProgramInputs, 'nodes' | 'scopes'> {
  readonly index: PlanIndex
  readonly results: ForeseenResults
}

/** What a preview asks of a compiled plan. The scopes must show the results that are kept here. */
export function createForesight(inputs: ForesightInputs): Foresight {
  return new CompiledForesight(inputs)
}

class CompiledForesight implements Foresight {
  readonly #index: PlanIndex
  readonly #nodes: ForesightInputs['nodes']
  readonly #results: ForeseenResults
  readonly #program: CompiledProgram

  constructor(inputs: ForesightInputs) {
    this.#index = inputs.index
    this.#nodes = inputs.nodes
    this.#results = inputs.results
    this.#program = new CompiledProgram(inputs)
  }

  render(step: number, planHost: number): Foreseen {
    const draft = this.#index.draft(step)
    if (draft === undefined) return { kind: 'action', action: FACTS_ACTION }
    const host = this.#index.host(planHost)
    const { made, met } = this.#results.watch(() => this.#program.attempt(draft, host))
    if (made.kind !== 'problem') return made
    const foreseen = unforeseen(made, met)
    return foreseen.kind === 'unknown' ? { ...foreseen, ...this.#placesOf(draft, host) } : foreseen
  }

  #placesOf(draft: Draft, host: number): { readonly places?: RunAction } {
    const { spec } = draft.checked
    if (spec.kind !== 'leaf' || (spec.action.kind !== 'run' && spec.action.kind !== 'put')) return {}
    const sketch = this.#nodes.action(draft, host, spec.action, 'sketch')
    const places = 'code' in sketch ? undefined : placesOf(draft, spec, sketch)
    return places === undefined ? {} : { places }
  }

  changes(step: number, planHost: number): 'yes' | 'no' | 'unknown' {
    const draft = this.#index.draft(step)
    if (draft === undefined) return 'no'
    const host = this.#index.host(planHost)
    const changed = this.#results.watch(() =>
      this.#program.changedWhen(draft, host, this.#results.own()),
    ).made
    if (typeof changed === 'object') return 'unknown'
    return changed === false ? 'no' : 'yes'
  }

  judge(step: number, planHost: number, result: NodeResult): NodeResult | 'later' {
    const draft = this.#index.draft(step)
    const host = this.#index.host(planHost)
    if (draft === undefined) return this.#facts(host, result)
    const judged = this.#results.watch(() => this.#program.judge(draft, host, result, 1)).made
    return judged.kind === 'stands' ? judged.result : 'later'
  }

  settle(step: number, planHost: number, end: ForeseenEnd): void {
    const draft: Draft | undefined = this.#index.draft(step)
    const host = this.#index.host(planHost)
    if (draft !== undefined) this.#results.keep(draft, host, end)
    else if (end.kind !== 'ran') this.#results.keepFacts(host, undefined)
  }

  #facts(host: number, result: NodeResult): NodeResult {
    const read = readFacts(result)
    this.#results.keepFacts(host, read.facts)
    return read.result
  }
}

/** An error beside something unknown may never come up: the whole is as unknown. */
function unforeseen({ problem, failure }: Unrendered, met: Met): Foreseen {
  if (met.waiting.length > 0) return { kind: 'waits', for: met.waiting }
  const unknown = withOthers(problem).find(({ unknown }) => unknown === true)
  if (unknown === undefined && met.unknown === undefined)
    return {
      kind: 'result',
      result: { outcome: 'failed', failure, stdout: NO_OUTPUT, stderr: NO_OUTPUT, durationMs: 0 },
    }
  return { kind: 'unknown', because: unknown?.message ?? met.unknown ?? problem.message }
}
