import type { Outcome } from '../../src/model/outcome.ts'
import type { Condition, HostName, Word } from './model.ts'
import { itemOf, leavesOf, named, type Unit } from './unfolded.ts'

/** What an expression names; `unit` is where it stands. */
export type Reference =
  | { readonly kind: 'step' | 'on'; readonly step: string; readonly unit: Unit }
  | { readonly kind: 'facts' }

/** How a node ended, and what it printed: undefined where no command came to its end. */
export interface NodeEnd {
  readonly outcome: Outcome
  readonly stdout: string | undefined
}

/** All that a leaf names: in its words, its conditions and those around, and through parameters. */
export function referencesOf(leaf: Unit): readonly Reference[] {
  const { does } = leaf.step
  return [
    ...(does.kind === 'run' ? does.words.flatMap(word => ofWord(word, leaf)) : []),
    ...(does.kind === 'assert' ? ofCondition(does.that, leaf) : []),
    ...leaf.inherited.when.flatMap(({ condition, unit }) => ofCondition(condition, unit)),
  ]
}

function ofWord(word: Word, unit: Unit): readonly Reference[] {
  switch (word.kind) {
    case 'facts':
      return [{ kind: 'facts' }]
    case 'on':
      return [{ kind: 'on', step: word.step, unit }]
    case 'stdout':
    case 'outcome':
    case 'items':
      return [{ kind: 'step', step: word.step, unit }]
    case 'param':
      return given(word.name, unit, ofWord) ?? []
    default:
      return []
  }
}

function ofCondition(condition: Condition, unit: Unit): readonly Reference[] {
  switch (condition.kind) {
    case 'facts':
      return [{ kind: 'facts' }]
    case 'sum':
      return [{ kind: 'step', step: condition.step, unit }]
    case 'param':
      return given(condition.name, unit, ofWord) ?? []
    default:
      return []
  }
}

/** What the user of the file gives for a parameter, looked at where that is written. */
function given<T>(name: string, unit: Unit, look: (word: Word, at: Unit) => T): T | undefined {
  const { user } = unit.file
  const word = user?.step.does.kind === 'use' ? user.step.does.with[name] : undefined
  return user === undefined || word === undefined ? undefined : look(word, user)
}

/** Values as SEMANTICS says that they are. Undefined: there is none, which is an error. */
export class Values {
  readonly #end: (leaf: Unit, host: HostName) => NodeEnd | undefined
  readonly #cpus: (host: HostName) => number

  constructor(end: (leaf: Unit, host: HostName) => NodeEnd | undefined, cpus: (host: HostName) => number) {
    this.#end = end
    this.#cpus = cpus
  }

  script(words: readonly Word[], unit: Unit, host: HostName): string | undefined {
    const texts = words.map(word => this.word(word, unit, host))
    if (texts.includes(undefined)) return undefined
    return ['do', ...texts.map(text => `'${String(text).replaceAll("'", `'\\''`)}'`)].join(' ')
  }

  word(word: Word, unit: Unit, host: HostName): string | undefined {
    switch (word.kind) {
      case 'host':
        return host
      case 'text':
        return word.text
      case 'item':
        return itemOf(unit, host)
      case 'facts':
        return String(this.#cpus(host))
      case 'param':
        return given(word.name, unit, (inner, at) => this.word(inner, at, host))
      case 'outcome':
        return this.#here(word.step, unit, host)[0]?.outcome
      case 'stdout': {
        const stdout = this.#here(word.step, unit, host)[0]?.stdout
        return stdout ?? (word.fallback ? 'none' : undefined)
      }
      case 'on':
        return this.#on(word.step, unit, word.host)?.stdout ?? 'none'
      case 'items':
        return this.#here(word.step, unit, host)
          .map(end => end.outcome)
          .join(',')
    }
  }

  holds(condition: Condition, unit: Unit, host: HostName): boolean | undefined {
    switch (condition.kind) {
      case 'fixed':
        return condition.holds
      case 'host':
        return (host === condition.name) === condition.is
      case 'facts':
        return this.#cpus(host) > 2
      case 'param': {
        const value = given(condition.name, unit, (word, at) => this.word(word, at, host))
        return value === undefined ? undefined : value !== 'yes'
      }
      case 'sum': {
        const ends = this.#here(condition.step, unit, host).map(({ outcome }) => outcome)
        if (condition.field === 'changed') return ends.includes('changed')
        if (condition.field === 'skipped') return ends.every(outcome => outcome === 'skipped')
        return ends.some(outcome => !['ok', 'changed', 'skipped'].includes(outcome))
      }
    }
  }

  #here(id: string, unit: Unit, host: HostName): readonly NodeEnd[] {
    return named(id, unit)
      .flatMap(leavesOf)
      .flatMap(leaf => {
        const at = leaf.step.once === true ? leaf.hosts[0] : host
        return at === undefined ? [] : (this.#end(leaf, at) ?? [])
      })
  }

  #on(id: string, unit: Unit, host: HostName): NodeEnd | undefined {
    const [leaf] = named(id, unit)
    return leaf === undefined ? undefined : this.#end(leaf, host)
  }
}
