import type { Language } from '../../expr/environment.ts'
import { evaluateCondition, type RenderProblem } from '../../expr/render-template.ts'
import type { Failure } from '../../model/errors.ts'
import { NO_OUTPUT, type NodeResult } from '../../model/outcome.ts'
import type { Judgement, Program, Rendered } from '../../model/program.ts'
import type { Expr } from '../../model/template.ts'
import type { CheckedLeaf } from '../check/checked.ts'
import { FACTS_ACTION, readFacts } from '../facts-step.ts'
import type { Draft } from '../lower/block.ts'
import { retryOf } from '../plan-step.ts'
import { conditionFailure, judgeResult } from './judge.ts'
import type { Nodes } from './nodes.ts'
import type { Results } from './results.ts'
import type { Scopes } from './scopes.ts'

/** How the steps and hosts of the plan are found in what it was compiled from. */
export interface PlanIndex {
  /** Undefined for the gathering of facts. */
  readonly draft: (step: number) => Draft | undefined
  readonly host: (planHost: number) => number
}

export interface ProgramInputs {
  readonly index: PlanIndex
  readonly nodes: Nodes
  readonly scopes: Scopes
  readonly results: Results
}

/** What the nodes of a compiled plan do, told to the engine just in time. */
export function createProgram(inputs: ProgramInputs): Program {
  const { index, results } = inputs
  const program = new CompiledProgram(inputs)
  return {
    render: (step, host) => {
      const draft = index.draft(step)
      return draft === undefined
        ? { kind: 'action', action: FACTS_ACTION }
        : program.render(draft, index.host(host))
    },
    judge: (step, host, result, attempt) => {
      const draft = index.draft(step)
      if (draft !== undefined) return program.judge(draft, index.host(host), result, attempt)
      const read = readFacts(result)
      if (read.facts !== undefined) results.keepFacts(index.host(host), read.facts)
      return { kind: 'stands', result: read.result }
    },
    ended: (step, host, outcome, result) => {
      const draft = index.draft(step)
      if (draft !== undefined) results.keep(draft, index.host(host), outcome, result)
    },
  }
}

class CompiledProgram {
  readonly #nodes: Nodes
  readonly #scopes: Scopes
  readonly #resultLanguages = new Map<Language, Language>()

  constructor({ nodes, scopes }: ProgramInputs) {
    this.#nodes = nodes
    this.#scopes = scopes
  }

  render(draft: Draft, host: number): Rendered {
    for (const condition of draft.inherited.when) {
      const holds = this.#nodes.holds(condition, host)
      if (typeof holds !== 'boolean') return failed(conditionFailure('when', holds))
      if (!holds) return result({ outcome: 'skipped', note: falseNote(condition.code) })
    }
    const { spec } = draft.checked
    if (spec.kind !== 'leaf') throw new Error(`${draft.id} is no step of a plan`)
    const { action } = spec
    switch (action.kind) {
      case 'pause':
        return { kind: 'pause', ms: action.ms }
      case 'assert':
        return this.#assert(draft, host, action)
      default: {
        const rendered = this.#nodes.action(draft, host, action, 'run')
        return 'code' in rendered ? failed(renderFailure(rendered)) : { kind: 'action', action: rendered }
      }
    }
  }

  judge(draft: Draft, host: number, given: NodeResult, attempt: number): Judgement {
    const { spec, step, language } = draft.checked
    if (spec.kind !== 'leaf') return { kind: 'stands', result: given }
    const { action, changedWhen, failedWhen } = spec
    const retry = retryOf(step, spec)
    if (changedWhen === undefined && failedWhen === undefined && retry === undefined)
      return { kind: 'stands', result: given }
    const within = this.#resultLanguage(language)
    return judgeResult({ action, changedWhen, failedWhen, retry }, given, attempt, (condition, own) =>
      evaluateCondition(condition, within, this.#scopes.withResult(draft.place, host, own)),
    )
  }

  #resultLanguage(language: Language): Language {
    const known = this.#resultLanguages.get(language)
    if (known !== undefined) return known
    const within = language.within({ result: true })
    this.#resultLanguages.set(language, within)
    return within
  }

  #assert(draft: Draft, host: number, action: CheckedLeaf['action'] & { kind: 'assert' }): Rendered {
    const { language } = draft.checked
    const scope = this.#scopes.at(draft.place, host)
    for (const condition of action.that) {
      const holds = evaluateCondition(condition, language, scope)
      if (typeof holds !== 'boolean') return failed(conditionFailure('assert', holds))
      if (!holds) return failed(this.#assertion(draft, host, condition, action))
    }
    return result({ outcome: 'ok' })
  }

  #assertion(
    draft: Draft,
    host: number,
    condition: Expr,
    { message }: CheckedLeaf['action'] & { kind: 'assert' },
  ): Failure {
    const plain: Failure = { code: 'step_assert', message: `this is false: ${condition.source}` }
    if (message === undefined) return plain
    const { place, checked } = draft
    const text = this.#nodes.text({ code: message, language: checked.language, place }, host, 'run')
    if (typeof text !== 'string') return { ...plain, hint: `its message has no value: ${text.message}` }
    return { code: 'step_assert', message: text, hint: plain.message }
  }
}

/** A render problem as the failure of its node. */
export function renderFailure({ message, hint }: RenderProblem): Failure {
  return { code: 'step_render', message, ...(hint === undefined ? {} : { hint }) }
}

/** Says which condition kept a node from running. */
export function falseNote({ source }: Expr): string {
  return `when: ${source.trim()}`
}

function failed(failure: Failure): Rendered {
  return result({ outcome: 'failed', failure })
}

function result(ending: Pick<NodeResult, 'outcome' | 'note' | 'failure'>): Rendered {
  return { kind: 'result', result: { ...ending, stdout: NO_OUTPUT, stderr: NO_OUTPUT, durationMs: 0 } }
}
