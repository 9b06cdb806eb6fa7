import type { Language } from '../../expr/environment.ts'
import { evaluateCondition, type RenderProblem } from '../../expr/render-template.ts'
import type { ResultView } from '../../expr/scope.ts'
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
import { repetition } from './repetition.ts'
import { ownView, type Results } from './results.ts'
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
      return read.result.outcome === 'unknown'
        ? repetition(read.result, attempt)
        : { kind: 'stands', result: read.result }
    },
    ended: (step, host, outcome, result) => {
      const draft = index.draft(step)
      if (draft !== undefined) results.keep(draft, index.host(host), outcome, result)
    },
  }
}

/** A text or condition of a node that has no value, and the failure that this is when the node's turn has come. */
export interface Unrendered {
  readonly kind: 'problem'
  readonly problem: RenderProblem
  readonly failure: Failure
}

/** Renders and judges nodes, by whatever results the scopes show. */
export class CompiledProgram {
  readonly #nodes: Nodes
  readonly #scopes: Scopes
  readonly #resultLanguages = new Map<Language, Language>()

  constructor({ nodes, scopes }: Pick<ProgramInputs, 'nodes' | 'scopes'>) {
    this.#nodes = nodes
    this.#scopes = scopes
  }

  render(draft: Draft, host: number): Rendered {
    const rendered = this.attempt(draft, host)
    return rendered.kind === 'problem' ? failed(rendered.failure) : rendered
  }

  attempt(draft: Draft, host: number): Rendered | Unrendered {
    for (const condition of draft.inherited.when) {
      const holds = this.#nodes.holds(condition, host)
      if (typeof holds !== 'boolean') return unrendered(holds, conditionFailure('when', holds))
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
        return 'code' in rendered
          ? unrendered(rendered, renderFailure(rendered))
          : { kind: 'action', action: rendered }
      }
    }
  }

  judge(draft: Draft, host: number, given: NodeResult, attempt: number): Judgement {
    const { spec, step, language } = draft.checked
    if (spec.kind !== 'leaf') return { kind: 'stands', result: given }
    const { action, changedWhen, failedWhen } = spec
    const retry = retryOf(step, spec)
    const isPlain = changedWhen === undefined && failedWhen === undefined && retry === undefined
    if (isPlain && given.outcome !== 'unknown') return { kind: 'stands', result: given }
    const within = this.#resultLanguage(language)
    return judgeResult({ action, changedWhen, failedWhen, retry }, given, attempt, (condition, own) =>
      evaluateCondition(condition, within, this.#scopes.withResult(draft.place, host, ownView(own))),
    )
  }

  #resultLanguage(language: Language): Language {
    const known = this.#resultLanguages.get(language)
    if (known !== undefined) return known
    const within = language.within({ result: true })
    this.#resultLanguages.set(language, within)
    return within
  }

  /** Evaluates `changed_when` over a result. */
  changedWhen(draft: Draft, host: number, own: ResultView): boolean | RenderProblem | undefined {
    const { spec, language } = draft.checked
    if (spec.kind !== 'leaf' || spec.changedWhen === undefined) return undefined
    const scope = this.#scopes.withResult(draft.place, host, own)
    return evaluateCondition(spec.changedWhen, this.#resultLanguage(language), scope)
  }

  #assert(
    draft: Draft,
    host: number,
    action: CheckedLeaf['action'] & { kind: 'assert' },
  ): Rendered | Unrendered {
    const { language } = draft.checked
    const scope = this.#scopes.at(draft.place, host)
    for (const condition of action.that) {
      const holds = evaluateCondition(condition, language, scope)
      if (typeof holds !== 'boolean') return unrendered(holds, conditionFailure('assert', holds))
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

/** Says which condition kept a node from running: `params.state == "absent" is false`. */
export function falseNote({ source }: Expr): string {
  const condition = source.trim()
  if (condition === 'false') return 'its when is false'
  return `${OF_SEVERAL.test(condition) ? `(${condition})` : condition} is false`
}

/** Without parentheses, only the last part would read as false. */
const OF_SEVERAL = /&&|\|\|| \? /

function unrendered(problem: RenderProblem, failure: Failure): Unrendered {
  return { kind: 'problem', problem, failure }
}

function failed(failure: Failure): Rendered {
  return result({ outcome: 'failed', failure })
}

function result(ending: Pick<NodeResult, 'outcome' | 'note' | 'failure'>): Rendered {
  return { kind: 'result', result: { ...ending, stdout: NO_OUTPUT, stderr: NO_OUTPUT, durationMs: 0 } }
}
