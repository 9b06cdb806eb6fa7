import { join, resolve } from 'node:path'
import type { Language, Scope } from '../expr/environment.ts'
import { type RenderProblem, renderTemplate } from '../expr/render-template.ts'
import type { Action, GetAction, PutAction, RunAction } from '../model/action.ts'
import type { Failure } from '../model/errors.ts'
import { LIMITS } from '../model/limits.ts'
import type { ActionTemplate, GetTemplate, Plan, PlanStep, PutTemplate, RunTemplate } from '../model/plan.ts'
import type { Template } from '../model/template.ts'

/** Renders the action of a node; steps that are the same on all hosts are rendered once. */
export type RenderNode = (step: number, host: number) => Action | RenderProblem

/** What a renderer works with. Local paths are relative to `folder`. */
export interface RenderInputs {
  readonly plan: Plan
  readonly language: Language
  readonly scope: (host: number) => Scope
  readonly folder: string
}

export function createRenderer({ plan, language, scope, folder }: RenderInputs): RenderNode {
  const shared = new Map<number, Action | RenderProblem>()
  const perHost = plan.steps.map(step => differs(step.action))
  return (index, host) => {
    const known = shared.get(index)
    if (known !== undefined) return known
    const step = plan.steps[index] as PlanStep
    const rendered = new NodeRenderer(step, language, scope(host), folder).render()
    if (!perHost[index]) shared.set(index, rendered)
    return rendered
  }
}

export function isRenderProblem(rendered: Action | RenderProblem): rendered is RenderProblem {
  return 'code' in rendered
}

/** A render problem as the failure of its node. */
export function renderFailure({ message, hint }: RenderProblem): Failure {
  return { code: 'step_render', message, ...(hint === undefined ? {} : { hint }) }
}

/** Whether a step's action can differ between hosts; a `get` always does, each host having its own folder. */
export function differs(action: ActionTemplate): boolean {
  return action.kind === 'get' || templatesOf(action).some(isPerHost)
}

const isPerHost = (template: Template) =>
  template.some(part => typeof part !== 'string' && part.kind === 'expr' && part.perHost)

function templatesOf(action: ActionTemplate): readonly Template[] {
  const texts = (...templates: (Template | undefined)[]) => templates.filter(text => text !== undefined)
  switch (action.kind) {
    case 'run':
      return [
        ...texts(action.script, action.cwd, action.stdin),
        ...action.env.map(([, text]) => text),
        ...action.creates,
        ...action.removes,
      ]
    case 'put':
      return texts(action.source.text, action.dest, action.mode, action.owner, action.group)
    case 'get':
      return [action.src, action.dest]
    case 'assert':
    case 'pause':
      return []
  }
}

/** Renders one node. The first text that fails ends it. */
class NodeRenderer {
  readonly #step: PlanStep
  readonly #language: Language
  readonly #scope: Scope
  readonly #folder: string
  #problem: RenderProblem | undefined

  constructor(step: PlanStep, language: Language, scope: Scope, folder: string) {
    this.#step = step
    this.#language = language
    this.#scope = scope
    this.#folder = folder
  }

  render(): Action | RenderProblem {
    const action = this.#action(this.#step.action)
    return this.#problem ?? action
  }

  #action(template: ActionTemplate): Action {
    switch (template.kind) {
      case 'run':
        return this.#run(template)
      case 'put':
        return this.#put(template)
      case 'get':
        return this.#get(template)
      case 'assert':
      case 'pause':
        throw new Error(`${template.kind} is no action`)
    }
  }

  #run(template: RunTemplate): RunAction {
    const { cwd, stdin, readOnly, timeoutMs } = template
    const env = template.env.map(([name, text]) => [name, this.#text(text)] as const)
    this.#bound('env', env.map(([name, value]) => `${name}=${value}`).join('\0'), LIMITS.scriptBytes)
    return {
      kind: 'run',
      script: this.#bound('the script', this.#text(template.script), LIMITS.scriptBytes),
      ...(cwd === undefined ? {} : { cwd: this.#filled('cwd', cwd) }),
      env,
      ...(stdin === undefined ? {} : { stdin: this.#bound('stdin', this.#text(stdin), LIMITS.stdinBytes) }),
      creates: template.creates.map(path => this.#filled('creates', path)),
      removes: template.removes.map(path => this.#filled('removes', path)),
      readOnly,
      timeoutMs,
    }
  }

  #put(template: PutTemplate): PutAction {
    const { source, mode, owner, group, parents, timeoutMs } = template
    return {
      kind: 'put',
      source: { kind: source.kind === 'src' ? 'src' : 'content', text: this.#source(source) },
      dest: this.#filled('dest', template.dest),
      ...(mode === undefined ? {} : { mode: this.#mode(mode) }),
      ...(owner === undefined ? {} : { owner: this.#account('owner', owner) }),
      ...(group === undefined ? {} : { group: this.#account('group', group) }),
      parents,
      timeoutMs,
    }
  }

  #get(template: GetTemplate): GetAction {
    const folder = resolve(this.#folder, this.#filled('dest', template.dest))
    const { name } = this.#scope.host
    if (/[/\0]|^\.{1,2}$/.test(name)) this.#fail(`the host's name "${name}" cannot be the name of a folder`)
    return {
      kind: 'get',
      src: this.#filled('src', template.src),
      dest: join(folder, name),
      timeoutMs: template.timeoutMs,
    }
  }

  #source({ kind, text }: PutTemplate['source']): string {
    if (kind !== 'src') return this.#bound('content', this.#text(text), LIMITS.contentBytes)
    const path = this.#filled('src', text)
    const slash = path.endsWith('/') ? '/' : ''
    return resolve(this.#folder, path) + slash
  }

  #mode(template: Template): string {
    const mode = this.#text(template)
    if (!/^[0-7]{3,4}$/.test(mode)) this.#fail(`mode is "${mode}", and it must be octal digits, as "0644"`)
    return mode
  }

  /** What `chown` takes for a name or a number, and nothing that it could read as an option. */
  #account(key: string, template: Template): string {
    const name = this.#text(template)
    if (!/^[\p{L}\p{N}_][\p{L}\p{N}_.@$\\-]*$/u.test(name))
      this.#fail(`${key} is "${name}", which is no name of an account`)
    return name
  }

  #filled(key: string, template: Template): string {
    const text = this.#text(template)
    if (text === '') this.#fail(`${key} is empty`)
    return text
  }

  #bound(what: string, text: string, bytes: number): string {
    if (text.length > bytes / 3 && Buffer.byteLength(text) > bytes)
      this.#fail(`${what} is longer than ${bytes >> 10} KiB`)
    return text
  }

  #text(template: Template): string {
    const text = renderTemplate(template, this.#language, this.#scope)
    if (typeof text === 'string') return text
    this.#problem ??= text
    return ''
  }

  #fail(message: string): void {
    this.#problem ??= { code: 'expression_value', message, where: this.#step.where }
  }
}
