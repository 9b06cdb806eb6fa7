import { checkTemplate, type LocatedReference, type Varies } from '../expr/check-template.ts'
import type { Language } from '../expr/environment.ts'
import { LIMITS } from '../model/limits.ts'
import type { ActionTemplate } from '../model/plan.ts'
import type { GetSpec, Playbook, PutSpec, RunSpec, Step, Text } from '../model/playbook.ts'
import type { Problem } from '../model/problem.ts'
import type { Template } from '../model/template.ts'

export interface CheckedAction {
  readonly action: ActionTemplate
  readonly references: readonly LocatedReference[]
  readonly problems: readonly Problem[]
}

/** Checks all texts of a step, with `defaults:` filled in. */
export function checkAction(
  step: Step,
  playbook: Playbook,
  language: Language,
  varies: Varies,
): CheckedAction {
  const builder = new ActionBuilder(step, playbook, language, varies)
  return { action: builder.build(), references: builder.references, problems: builder.problems }
}

class ActionBuilder {
  readonly references: LocatedReference[] = []
  readonly problems: Problem[] = []
  readonly #step: Step
  readonly #playbook: Playbook
  readonly #language: Language
  readonly #varies: Varies

  constructor(step: Step, playbook: Playbook, language: Language, varies: Varies) {
    this.#step = step
    this.#playbook = playbook
    this.#language = language
    this.#varies = varies
  }

  build(): ActionTemplate {
    const { spec } = this.#step
    const timeoutMs = this.#step.timeoutMs ?? this.#playbook.defaults.timeoutMs ?? LIMITS.stepMs
    switch (spec.kind) {
      case 'run':
        return this.#run(spec, timeoutMs)
      case 'put':
        return this.#put(spec, timeoutMs)
      case 'get':
        return this.#get(spec, timeoutMs)
      case 'pause':
        return spec
      case 'assert':
      case 'use':
      case 'group':
        throw new Error(`${spec.kind} is no action`)
    }
  }

  #run(spec: RunSpec, timeoutMs: number): ActionTemplate {
    const { defaults } = this.#playbook
    const env = new Map([...(defaults.env ?? []), ...(this.#step.env ?? [])])
    return {
      kind: 'run',
      script: this.#text(spec.script, 'shell'),
      ...this.#optional('cwd', this.#step.cwd ?? defaults.cwd),
      env: [...env].map(([name, text]) => [name, this.#text(text)] as const),
      ...this.#optional('stdin', spec.stdin),
      creates: spec.creates.map(text => this.#text(text)),
      removes: spec.removes.map(text => this.#text(text)),
      readOnly: spec.readOnly,
      timeoutMs,
    }
  }

  #put(spec: PutSpec, timeoutMs: number): ActionTemplate {
    return {
      kind: 'put',
      source: { kind: spec.source.kind === 'src' ? 'src' : 'content', text: this.#text(spec.source.text) },
      dest: this.#text(spec.dest),
      ...this.#optional('mode', spec.mode),
      ...this.#optional('owner', spec.owner),
      ...this.#optional('group', spec.group),
      parents: spec.parents,
      timeoutMs,
    }
  }

  #get(spec: GetSpec, timeoutMs: number): ActionTemplate {
    return { kind: 'get', src: this.#text(spec.src), dest: this.#text(spec.dest), timeoutMs }
  }

  #optional<K extends string>(key: K, text: Text | undefined): { readonly [P in K]?: Template } {
    return text === undefined ? {} : ({ [key]: this.#text(text) } as { readonly [P in K]: Template })
  }

  #text(text: Text, kind: 'shell' | 'plain' = 'plain'): Template {
    const checked = checkTemplate(text, kind, this.#language, this.#varies)
    for (const reference of checked.references) this.references.push(reference)
    for (const problem of checked.problems) this.problems.push(problem)
    return checked.template
  }
}
