import { join, resolve } from 'node:path'
import type { Language } from '../../expr/environment.ts'
import { allOf, type RenderProblem, withOthers } from '../../expr/render-problem.ts'
import type { SecretMarks } from '../../expr/secret-marks.ts'
import type { GetAction, PutAction, RunAction, SecretSlot } from '../../model/action.ts'
import { LIMITS } from '../../model/limits.ts'
import type { Template } from '../../model/template.ts'
import type { LeafAction } from '../check/checked.ts'
import { beginningOf, staysBelow } from '../local-paths.ts'
import type { Draft, Place } from '../lower/block.ts'
import { isLate } from './template-traits.ts'

/** A template and where it is evaluated. */
export interface TextSource {
  readonly code: Template
  readonly language: Language
  readonly place: Place
}

/** Renders the texts of one node, for its host; a sketch leaves what is late as it is written. */
export type RenderText = (source: TextSource) => string | RenderProblem

type Bare<T> = Omit<T, 'become'>
export type BareAction = Bare<RunAction> | Bare<PutAction> | Bare<GetAction>

/** What one node is rendered with. */
export interface ActionInputs {
  readonly draft: Draft
  /** The content of its template file, where it has one. */
  readonly content: Template | undefined
  /** The folder that a get fetches to, for the one that its `dest` names. */
  readonly landing: (folder: string) => string
  readonly hostName: string
  readonly text: RenderText
  readonly marks: SecretMarks
  /** True before the run: what is late is no value yet, and not looked at. */
  readonly isSketch: boolean
}

/** The action of a node, but for whom it becomes. The first text that fails ends it. */
export function renderAction(action: ActingLeaf, inputs: ActionInputs): BareAction | RenderProblem {
  return new ActionRenderer(inputs).render(action)
}

export type ActingLeaf = Extract<LeafAction, { kind: 'run' | 'put' | 'get' }>

class ActionRenderer {
  readonly #inputs: ActionInputs
  readonly #timeoutMs: number
  readonly #problems: RenderProblem[] = []

  constructor(inputs: ActionInputs) {
    this.#inputs = inputs
    this.#timeoutMs = inputs.draft.inherited.timeoutMs ?? LIMITS.stepMs
  }

  render(action: ActingLeaf): BareAction | RenderProblem {
    const rendered = this.#action(action)
    return allOf(this.#problems) ?? rendered
  }

  #action(action: ActingLeaf): BareAction {
    switch (action.kind) {
      case 'run':
        return this.#run(action)
      case 'put':
        return this.#put(action)
      case 'get':
        return this.#get(action)
    }
  }

  #run(action: ActingLeaf & { kind: 'run' }): Bare<RunAction> {
    const { stdin, shell, unless, onlyIf, readOnly, writes, idempotent, detach, reconnect } = action
    const { cwd, env } = this.#inputs.draft.inherited
    const slots: SecretSlot[] = []
    const pairs = Array.from(
      env,
      ([name, text]) =>
        [name, this.#withSlots(this.#render(text), { in: 'env', variable: name }, slots)] as const,
    )
    const input = stdin === undefined ? undefined : this.#withSlots(this.#own(stdin), { in: 'stdin' }, slots)
    this.#bound('env', pairs.map(([name, value]) => `${name}=${value}`).join('\0'), LIMITS.scriptBytes)
    return {
      kind: 'run',
      script: this.#bound('the script', this.#own(action.script), LIMITS.scriptBytes),
      ...(shell === undefined ? {} : { shell }),
      ...(cwd === undefined ? {} : { cwd: this.#filledText('cwd', cwd) }),
      env: pairs,
      ...(input === undefined ? {} : { stdin: this.#bound('stdin', input, LIMITS.stdinBytes) }),
      creates: action.creates.map(path => this.#filled('creates', path)),
      removes: action.removes.map(path => this.#filled('removes', path)),
      ...(unless === undefined ? {} : { unless: this.#filled('unless', unless) }),
      ...(onlyIf === undefined ? {} : { onlyIf: this.#filled('only_if', onlyIf) }),
      readOnly,
      ...(writes === undefined ? {} : { writes: writes.map(glob => this.#filled('writes', glob)) }),
      ...(idempotent === true ? { idempotent } : {}),
      ...(detach === true ? { detach } : {}),
      ...(reconnect === true ? { reconnect } : {}),
      ...(slots.length === 0 ? {} : { secrets: slots }),
      timeoutMs: this.#timeoutMs,
    }
  }

  #put(action: ActingLeaf & { kind: 'put' }): Bare<PutAction> {
    const { mode, owner, group, parents } = action
    const slots: SecretSlot[] = []
    return {
      kind: 'put',
      source: this.#source(action.source, slots),
      dest: this.#filled('dest', action.dest),
      ...(mode === undefined ? {} : this.#mode(mode)),
      ...(owner === undefined ? {} : this.#account('owner', owner)),
      ...(group === undefined ? {} : this.#account('group', group)),
      parents,
      ...(slots.length === 0 ? {} : { secrets: slots }),
      timeoutMs: this.#timeoutMs,
    }
  }

  #get(action: ActingLeaf & { kind: 'get' }): Bare<GetAction> {
    const dest = this.#filled('dest', action.dest)
    const { hostName, landing } = this.#inputs
    if (/[/\0]|^\.{1,2}$/.test(hostName))
      this.#fail(`the host's name "${hostName}" cannot be the name of a folder`)
    return {
      kind: 'get',
      src: this.#filled('src', action.src),
      dest: join(
        this.#isOpen(action.dest) ? dest : landing(this.#local('dest', dest, action.dest)),
        hostName,
      ),
      timeoutMs: this.#timeoutMs,
    }
  }

  #source(
    { kind, text }: (ActingLeaf & { kind: 'put' })['source'],
    slots: SecretSlot[],
  ): PutAction['source'] {
    if (kind === 'src') {
      const path = this.#filled('src', text)
      const slash = path.endsWith('/') ? '/' : ''
      return { kind, text: this.#isOpen(text) ? path : this.#local('src', path, text) + slash }
    }
    const content = kind === 'template' ? this.#inputs.content : text
    return {
      kind: 'content',
      text: this.#bound(
        'content',
        this.#withSlots(this.#own(content ?? []), { in: 'content' }, slots),
        LIMITS.contentBytes,
      ),
    }
  }

  /** The text without marks of secrets, whose slots are added to `slots`. */
  #withSlots(text: string, place: Pick<SecretSlot, 'in' | 'variable'>, slots: SecretSlot[]): string {
    const found = this.#inputs.marks.slots(text)
    for (const slot of found.slots) slots.push({ ...place, ...slot })
    return found.text
  }

  /** The absolute path. One that only the run knows whole stays below its beginning. */
  #local(key: string, path: string, code: Template): string {
    const whole = resolve(this.#folder, path)
    if (!isLate(code)) return whole
    const { place, checked } = this.#inputs.draft
    const beginning = beginningOf({ code, language: checked.language, place }, this.#folder)
    const known = this.#render(beginning)
    if (!staysBelow(whole, known, beginning.folder))
      this.#fail(`${key} is "${path}", and it must stay below its beginning "${known}"`)
    return whole
  }

  /** An empty one is as good as none, so that an include may leave it open. */
  #mode(template: Template): { readonly mode?: string } {
    const mode = this.#own(template)
    if (mode === '') return {}
    if (!this.#isOpen(template) && !/^[0-7]{3,4}$/.test(mode))
      this.#fail(`mode is "${mode}", and it must be octal digits, as "0644"`)
    return { mode }
  }

  #account<K extends 'owner' | 'group'>(key: K, template: Template): { readonly [P in K]?: string } {
    const name = this.#own(template)
    if (name === '') return {}
    if (!this.#isOpen(template) && !isAccount(name))
      this.#fail(`${key} is "${name}", which is no name of an account`)
    return { [key]: name } as { readonly [P in K]?: string }
  }

  #filled(key: string, code: Template): string {
    const { place, checked } = this.#inputs.draft
    return this.#filledText(key, { code, language: checked.language, place })
  }

  #filledText(key: string, source: TextSource): string {
    const text = this.#render(source)
    if (text === '' && !this.#isOpen(source.code)) this.#fail(`${key} is empty`)
    return text
  }

  #bound(what: string, text: string, bytes: number): string {
    if (text.length > bytes / 3 && Buffer.byteLength(text) > bytes)
      this.#fail(`${what} is longer than ${bytes >> 10} KiB`)
    return text
  }

  #own(code: Template): string {
    const { place, checked } = this.#inputs.draft
    return this.#render({ code, language: checked.language, place })
  }

  #render(source: TextSource): string {
    const text = this.#inputs.text(source)
    if (typeof text === 'string') return text
    this.#problems.push(...withOthers(text))
    return ''
  }

  /** Only where all texts have a value: it may be about one that has none. */
  #fail(message: string): void {
    const { where } = this.#inputs.draft.checked.step
    if (this.#problems.length === 0) this.#problems.push({ code: 'expression_value', message, where })
  }

  #isOpen(template: Template): boolean {
    return this.#inputs.isSketch && isLate(template)
  }

  get #folder(): string {
    return this.#inputs.draft.place.frame.file?.file.folder ?? ''
  }
}

/** What `chown` takes for a name or a number, and nothing that it could read as an option. */
export function isAccount(name: string): boolean {
  return /^[\p{L}\p{N}_][\p{L}\p{N}_.@$\\-]*$/u.test(name)
}
