import {
  evaluateCondition,
  type RenderProblem,
  renderTemplate,
  sketchTemplate,
} from '../../expr/render-template.ts'
import type { SecretMarks } from '../../expr/secret-marks.ts'
import type { Action } from '../../model/action.ts'
import type { Host } from '../../model/host.ts'
import type { Expr, Template } from '../../model/template.ts'
import type { CheckedLeaf } from '../check/checked.ts'
import type { Bound, Draft } from '../lower/block.ts'
import { type ActingLeaf, type BareAction, isAccount, renderAction, type TextSource } from './action.ts'
import { BecomeActions, becomeOn } from './become.ts'
import type { Scopes } from './scopes.ts'
import { isVarying } from './template-traits.ts'

/** What the nodes of a plan are rendered from. Hosts are indexes into those that steps run on. */
export interface NodeInputs {
  readonly scopes: Scopes
  readonly hosts: readonly Host[]
  /** The host that carries a node out. */
  readonly carrier: (draft: Draft, host: number) => Host
  /** The checked template file of a step, where it has one. */
  readonly content: (draft: Draft) => Template | undefined
  /** The folder that a get fetches to, for the one that its `dest` names. */
  readonly landing: (folder: string) => string
  readonly marks: SecretMarks
}

/** `run`: every value is there. `sketch`: what is late stands as it is written. */
export type Stage = 'run' | 'sketch'

/** Renders nodes: their conditions, texts and actions. Steps that are the same on all hosts are rendered once. */
export class Nodes {
  readonly #inputs: NodeInputs
  readonly #becomes = new BecomeActions()
  readonly #varying = new Map<Draft, boolean>()
  readonly #shared = new Map<Draft, BareAction | RenderProblem>()
  readonly #fixed = new Map<Bound<Expr>, boolean | RenderProblem>()

  constructor(inputs: NodeInputs) {
    this.#inputs = inputs
  }

  action(draft: Draft, host: number, acting: ActingLeaf, stage: Stage): Action | RenderProblem {
    const bare = this.#bare(draft, host, acting, stage)
    if ('code' in bare) return bare
    const { become, becomeMethod: method } = draft.inherited
    const carrier = this.#inputs.carrier(draft, host)
    if (typeof become !== 'object') return this.#becomes.with(bare, becomeOn(carrier, { become, method }))
    const user = this.text(become, host, stage)
    if (typeof user !== 'string') return user
    if (stage === 'run' && !isAccount(user)) return this.#noUser(user, draft)
    return this.#becomes.with(bare, becomeOn(carrier, { become: user, method }))
  }

  text({ code, language, place }: TextSource, host: number, stage: Stage): string | RenderProblem {
    const scope = this.#inputs.scopes.at(place, host)
    return stage === 'run' ? renderTemplate(code, language, scope) : sketchTemplate(code, language, scope)
  }

  /** Whether a condition holds; one that is the same on all hosts is evaluated once. */
  holds(bound: Bound<Expr>, host: number): boolean | RenderProblem {
    const { code, language, place } = bound
    const known = this.#fixed.get(bound)
    if (known !== undefined) return known
    const held = evaluateCondition(code, language, this.#inputs.scopes.at(place, host))
    if (!code.perHost && !code.late) this.#fixed.set(bound, held)
    return held
  }

  /** Whether the action of a step is another one on each host or at each time; a `get` always has its host's folder. */
  isVarying(draft: Draft): boolean {
    const known = this.#varying.get(draft)
    if (known !== undefined) return known
    const { spec } = draft.checked
    const varying = spec.kind === 'leaf' && this.#varies(draft, spec)
    this.#varying.set(draft, varying)
    return varying
  }

  #bare(draft: Draft, host: number, acting: ActingLeaf, stage: Stage): BareAction | RenderProblem {
    const known = this.#shared.get(draft)
    if (known !== undefined) return known
    const rendered = renderAction(acting, {
      draft,
      content: this.#inputs.content(draft),
      landing: this.#inputs.landing,
      marks: this.#inputs.marks,
      hostName: this.#inputs.hosts[host]?.name ?? '',
      text: source => this.text(source, host, stage),
      isSketch: stage === 'sketch',
    })
    if (!this.isVarying(draft)) this.#shared.set(draft, rendered)
    return rendered
  }

  #varies(draft: Draft, { action }: CheckedLeaf): boolean {
    const content = this.#inputs.content(draft)
    switch (action.kind) {
      case 'get':
        return true
      case 'run': {
        const { script, stdin = [], creates, removes, unless = [], onlyIf = [], writes = [] } = action
        const { cwd, env } = draft.inherited
        const inherited = [...(cwd === undefined ? [] : [cwd]), ...env.values()].map(({ code }) => code)
        return [script, stdin, ...creates, ...removes, unless, onlyIf, ...writes, ...inherited].some(
          isVarying,
        )
      }
      case 'put': {
        const { source, dest, mode = [], owner = [], group = [] } = action
        return [source.text, content ?? [], dest, mode, owner, group].some(isVarying)
      }
      case 'assert':
      case 'pause':
        return false
    }
  }

  #noUser(user: string, draft: Draft): RenderProblem {
    const message = `become is "${user}", which is no name of an account`
    return { code: 'expression_value', message, where: draft.checked.step.where }
  }
}
