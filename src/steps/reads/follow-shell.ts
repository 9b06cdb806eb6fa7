import { expandWord, fieldsOf, type Surroundings, textOf } from './expand-word.ts'
import { readsOfCommand } from './known-commands.ts'
import { matches } from './shell-pattern.ts'
import { isHarmless, keyOf, maySet, type ShellState, valueIn, withValue } from './shell-state.ts'
import type { Text } from './shell-text.ts'
import type {
  AndOr,
  Assignment,
  Case,
  Command,
  For,
  If,
  Pipeline,
  Script,
  Simple,
  Word,
} from './shell-tree.ts'
import { decideTest, expressionOf } from './test-command.ts'

/** How a command may end, and what is known then. A command that ends the shell has no outcome. */
interface Outcome {
  readonly state: ShellState
  /** Undefined where only the host knows. */
  readonly success: boolean | undefined
}

/** More is not followed. */
const MOST_COMMANDS = 2_000
const MOST_STATES = 16

/**
 * Goes every way that a script may take, and notes what its commands read. It may go ways that no shell takes, as past
 * a command whose failure ends the script.
 */
export class ShellFollower {
  readonly paths = new Set<string>()
  readonly programs = new Set<string>()
  /** Whether something was met of which it is not known what it reads. */
  isLost = false
  #commands = 0

  follow(script: Script, state: ShellState): void {
    this.#script(script, state)
  }

  #script(script: Script, state: ShellState): readonly Outcome[] {
    let outcomes: readonly Outcome[] = [{ state, success: true }]
    for (const andOr of script) {
      const states = this.#distinct(outcomes.map(outcome => ({ ...outcome, success: undefined })))
      outcomes = this.#distinct(states.flatMap(outcome => this.#andOr(andOr, outcome.state)))
    }
    return outcomes
  }

  #andOr({ first, rest }: AndOr, state: ShellState): readonly Outcome[] {
    let outcomes = this.#pipeline(first, state)
    for (const { after, pipeline } of rest) {
      const wanted = after === 'success'
      const next = outcomes.flatMap(outcome => {
        if (outcome.success === !wanted) return [outcome]
        const done = this.#pipeline(pipeline, outcome.state)
        return outcome.success === undefined ? [{ ...outcome, success: !wanted }, ...done] : done
      })
      outcomes = this.#distinct(next)
    }
    return outcomes
  }

  /** Whether the last command of several has a shell of its own differs. */
  #pipeline({ negated, commands }: Pipeline, state: ShellState): readonly Outcome[] {
    const [only, ...others] = commands
    if (only === undefined || this.isLost) return []
    const first = this.#command(only, state)
    if (others.length === 0) return negated ? first.map(negate) : first
    const last = others.map(command => this.#command(command, state)).at(-1) ?? []
    return this.#distinct([
      { state, success: undefined },
      ...last.map(outcome => ({ ...outcome, success: undefined })),
    ])
  }

  #command(command: Command, state: ShellState): readonly Outcome[] {
    this.#commands += 1
    if (this.#commands > MOST_COMMANDS) return this.#lose()
    for (const input of command.inputs) this.#reads(this.#text(input, state))
    switch (command.kind) {
      case 'simple':
        return this.#simple(command, state)
      case 'group':
        return this.#script(command.body, state)
      case 'subshell':
        this.#script(command.body, state)
        return [{ state, success: undefined }]
      case 'if':
        return this.#if(command, state)
      case 'case':
        return this.#case(command, state)
      case 'for':
        return this.#for(command, state)
    }
  }

  #if({ branches, otherwise }: If, state: ShellState): readonly Outcome[] {
    const outcomes: Outcome[] = []
    let states: readonly ShellState[] = [state]
    for (const { test, body } of branches) {
      const tested = states.flatMap(before => this.#script(test, before))
      for (const outcome of tested)
        if (outcome.success !== false) outcomes.push(...this.#script(body, outcome.state))
      states = tested.filter(({ success }) => success !== true).map(outcome => outcome.state)
    }
    for (const left of states) outcomes.push(...this.#script(otherwise, left))
    return this.#distinct(outcomes)
  }

  #case({ subject, branches }: Case, state: ShellState): readonly Outcome[] {
    const text = this.#text(subject, state)
    const outcomes: Outcome[] = []
    for (const { patterns, body } of branches) {
      const found = patterns.map(pattern => matches(expandWord(pattern, this.#surroundings(state)), text))
      if (found.some(match => match !== 'no')) outcomes.push(...this.#script(body, state))
      if (found.includes('yes')) return this.#distinct(outcomes)
    }
    return this.#distinct([...outcomes, { state, success: true }])
  }

  #for({ name, words, body }: For, state: ShellState): readonly Outcome[] {
    const fields = this.#fields(words, state)
    if (fields === undefined || !maySet(name)) return this.#lose()
    let outcomes: readonly Outcome[] = [{ state, success: true }]
    for (const field of fields) {
      const next = outcomes.flatMap(outcome => this.#script(body, withValue(outcome.state, name, field)))
      outcomes = this.#distinct(next)
    }
    return outcomes
  }

  #simple({ assigned, words }: Simple, state: ShellState): readonly Outcome[] {
    const fields = this.#fields(words, state)
    if (fields === undefined) return this.#lose()
    if (fields.length === 0) return this.#assign(assigned, words, state)
    // Only how text is compared and told, for one command.
    const isFine = ({ name, value }: Assignment) =>
      /^(?:LC_[A-Z]+|LANG)$/.test(name) && isHarmless(name, this.#text(value, state))
    if (!assigned.every(isFine)) return this.#lose()
    const [name] = fields
    if (name === 'exit') return []
    if (name === 'set' && fields.slice(1).every(word => /^[-+][efux]+$/.test(word ?? '')))
      return [{ state, success: true }]
    const reads = readsOfCommand(fields.map(asNamed))
    if (reads === 'anything') return this.#lose()
    for (const path of reads.paths) this.paths.add(path)
    for (const name of reads.programs ?? []) this.programs.add(name)
    return [{ state, success: decide(fields) }]
  }

  #assign(assigned: readonly Assignment[], words: readonly Word[], state: ShellState): readonly Outcome[] {
    if (!assigned.every(({ name }) => maySet(name))) return this.#lose()
    const isSure = ![...words, ...assigned.map(({ value }) => value)].flat().some(mayFail)
    let next = state
    for (const { name, value } of assigned) next = withValue(next, name, this.#text(value, next))
    return [{ state: next, success: isSure ? true : undefined }]
  }

  #fields(words: readonly Word[], state: ShellState): readonly Text[] | undefined {
    const fields = words.map(word => fieldsOf(expandWord(word, this.#surroundings(state))))
    return fields.includes(undefined) ? undefined : fields.flatMap(some => some ?? [])
  }

  #text(word: Word, state: ShellState): Text {
    return textOf(expandWord(word, this.#surroundings(state)))
  }

  #surroundings(state: ShellState): Surroundings {
    return { variable: name => valueIn(state, name), output: script => void this.#script(script, state) }
  }

  #reads(path: Text): void {
    const named = asNamed(path)
    if (named === undefined) this.isLost = true
    else this.paths.add(named)
  }

  #distinct(outcomes: readonly Outcome[]): readonly Outcome[] {
    if (outcomes.length < 2) return outcomes
    const distinct = new Map(outcomes.map(outcome => [`${outcome.success} ${keyOf(outcome.state)}`, outcome]))
    return distinct.size > MOST_STATES ? this.#lose() : [...distinct.values()]
  }

  #lose(): readonly [] {
    this.isLost = true
    return []
  }
}

function negate({ state, success }: Outcome): Outcome {
  return { state, success: success === undefined ? undefined : !success }
}

function decide(fields: readonly Text[]): boolean | undefined {
  switch (fields[0]) {
    case 'true':
    case ':':
      return true
    case 'false':
      return false
    case 'test':
    case '[':
      return decideTest(expressionOf(fields) ?? [])
    default:
      return undefined
  }
}

/** As paths are named: a leading `~/` is the home folder, and any other tilde in front follows `./`. */
function asNamed(text: Text): Text {
  if (text === undefined || !/[\0~]/.test(text)) return text
  if (text.startsWith('~')) return `./${text}`
  const named = text.replace(/^\0(?=\/|$)/, '~')
  return named.includes('\0') ? undefined : named
}

const mayFail = (part: Word[number]) => part.kind === 'output'
