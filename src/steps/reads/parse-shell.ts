import { WordParser } from './parse-word.ts'
import { ShellSource } from './shell-source.ts'
import type { AndOr, Assignment, Case, Command, Compound, If, Pipeline, Script, Word } from './shell-tree.ts'

/** The commands of shell text; undefined where something in it is of no kind that can be followed. */
export function parseShell(text: string): Script | undefined {
  return new ShellParser(text).whole()
}

const DEEPEST = 40

/** What comes after a word. */
const AFTER = '(?=[\\s;&|<>()]|$)'

const CLOSER = new RegExp(`(?:[)]|;;|$|(?:then|else|elif|fi|do|done|esac|\\})${AFTER})`, 'y')

/** Reserved words that are not followed, and those that begin what is, in other places than their own. */
const RESERVED = new RegExp(
  `(?:while|until|for|if|case|in|function|select|time|coproc|\\[\\[|\\{|!)${AFTER}`,
  'y',
)

const NO_REDIRECTION = /(?:2>&1|1?>&2|[12]?>>?[ \t]*\/dev\/null|0?<[ \t]*\/dev\/null)(?=[\s;|&)]|$)/y

class ShellParser {
  readonly #source: ShellSource
  readonly #words: WordParser
  #depth = 0

  constructor(text: string) {
    this.#source = new ShellSource(text)
    this.#words = new WordParser(this.#source, () => this.#script())
  }

  whole(): Script | undefined {
    const script = this.#script()
    return this.#source.sees(/$/y) ? script : undefined
  }

  /** Up to what ends it, which stays. */
  #script(): Script | undefined {
    if (this.#depth >= DEEPEST) return undefined
    this.#depth += 1
    const script: AndOr[] = []
    for (;;) {
      this.#skipLines()
      if (this.#source.sees(CLOSER)) break
      const next = this.#andOr()
      if (next === undefined) return undefined
      script.push(next)
      this.#skipBlanks()
      if (this.#source.take(/;(?!;)|\n/y) === undefined && !this.#source.sees(CLOSER)) return undefined
    }
    this.#depth -= 1
    return script
  }

  #andOr(): AndOr | undefined {
    const first = this.#pipeline()
    if (first === undefined) return undefined
    const rest: AndOr['rest'][number][] = []
    for (;;) {
      this.#skipBlanks()
      const sign = this.#source.take(/&&|\|\|/y)
      if (sign === undefined) return { first, rest }
      this.#skipLines()
      const pipeline = this.#pipeline()
      if (pipeline === undefined) return undefined
      rest.push({ after: sign === '&&' ? 'success' : 'failure', pipeline })
    }
  }

  #pipeline(): Pipeline | undefined {
    const negated = this.#source.take(/!(?=[ \t])/y) !== undefined
    const commands: Command[] = []
    do {
      this.#skipLines()
      const command = this.#command()
      if (command === undefined) return undefined
      commands.push(command)
      this.#skipBlanks()
    } while (this.#source.take(/\|(?![|&])/y) !== undefined)
    return { negated, commands }
  }

  #command(): Command | undefined {
    const compound = this.#compound()
    if (compound === 'none') return this.#simple()
    if (compound === undefined) return undefined
    const inputs: Word[] = []
    for (;;) {
      this.#skipBlanks()
      const input = this.#redirection()
      if (input === 'none') return { ...compound, inputs }
      if (input === undefined) return undefined
      inputs.push(...input)
    }
  }

  #compound(): Compound | undefined | 'none' {
    if (this.#source.take(/\((?!\()/y) !== undefined) return this.#group('subshell', /\)/y)
    if (this.#keyword('{')) return this.#group('group', /\}/y)
    if (this.#keyword('if')) return this.#if()
    if (this.#keyword('case')) return this.#case()
    if (this.#keyword('for')) return this.#for()
    return this.#source.sees(RESERVED) ? undefined : 'none'
  }

  #group(kind: 'group' | 'subshell', close: RegExp): Compound | undefined {
    const body = this.#script()
    return body === undefined || this.#source.take(close) === undefined ? undefined : { kind, body }
  }

  #if(): Compound | undefined {
    const branches: If['branches'][number][] = []
    do {
      const test = this.#script()
      const body = this.#keyword('then') ? this.#script() : undefined
      if (test === undefined || body === undefined) return undefined
      branches.push({ test, body })
    } while (this.#keyword('elif'))
    const otherwise = this.#keyword('else') ? this.#script() : []
    return otherwise === undefined || !this.#keyword('fi') ? undefined : { kind: 'if', branches, otherwise }
  }

  #case(): Compound | undefined {
    this.#skipBlanks()
    const subject = this.#words.word()
    this.#skipLines()
    if (subject === undefined || subject.length === 0 || !this.#keyword('in')) return undefined
    const branches: Case['branches'][number][] = []
    for (;;) {
      this.#skipLines()
      if (this.#keyword('esac')) return { kind: 'case', subject, branches }
      const patterns = this.#patterns()
      const body = patterns === undefined ? undefined : this.#script()
      if (patterns === undefined || body === undefined) return undefined
      branches.push({ patterns, body })
      if (this.#source.take(/;;(?![&;])/y) === undefined && !this.#source.sees(/esac/y)) return undefined
    }
  }

  #patterns(): readonly Word[] | undefined {
    const patterns: Word[] = []
    this.#source.take(/\(/y)
    do {
      this.#skipBlanks()
      const pattern = this.#words.word()
      if (pattern === undefined || pattern.length === 0) return undefined
      patterns.push(pattern)
      this.#skipBlanks()
    } while (this.#source.take(/\|/y) !== undefined)
    return this.#source.take(/\)/y) === undefined ? undefined : patterns
  }

  #for(): Compound | undefined {
    this.#skipBlanks()
    const name = this.#source.take(/[A-Za-z_][A-Za-z0-9_]*/y)
    this.#skipLines()
    if (name === undefined || !this.#keyword('in')) return undefined
    const words: Word[] = []
    for (this.#skipBlanks(); !this.#source.sees(/[;\n]|$/y); this.#skipBlanks()) {
      const word = this.#words.word()
      if (word === undefined || word.length === 0) return undefined
      words.push(word)
    }
    this.#source.take(/;(?!;)/y)
    this.#skipLines()
    const body = this.#keyword('do') ? this.#script() : undefined
    return body === undefined || !this.#keyword('done') ? undefined : { kind: 'for', name, words, body }
  }

  #simple(): Command | undefined {
    const assigned: Assignment[] = []
    const words: Word[] = []
    const inputs: Word[] = []
    for (;;) {
      this.#skipBlanks()
      const input = this.#redirection()
      if (input === undefined) return undefined
      if (input !== 'none') {
        inputs.push(...input)
        continue
      }
      const name = words.length === 0 ? this.#source.take(/[A-Za-z_][A-Za-z0-9_]*=/y) : undefined
      if (name === undefined && this.#source.sees(/[;&|()\n]|$/y)) break
      const word = this.#words.word()
      if (word === undefined || (isDigits(word) && this.#source.sees(/[<>]/y))) return undefined
      if (name === undefined) words.push(word)
      else assigned.push({ name: name.slice(0, -1), value: word })
    }
    const isEmpty = assigned.length + words.length + inputs.length === 0
    return isEmpty ? undefined : { kind: 'simple', assigned, words, inputs }
  }

  /** The file that is read, if any; undefined for other redirections than those of which nothing comes. */
  #redirection(): readonly Word[] | 'none' | undefined {
    if (this.#source.take(NO_REDIRECTION) !== undefined) return []
    if (this.#source.take(/0?<(?![<&>(])[ \t]*/y) === undefined)
      return this.#source.sees(/\d*[<>]/y) ? undefined : 'none'
    const word = this.#words.word()
    return word === undefined || word.length === 0 ? undefined : [word]
  }

  #keyword(name: string): boolean {
    const word = new RegExp(`${name.replace('{', '\\{')}${AFTER}`, 'y')
    return this.#source.take(word) !== undefined
  }

  #skipBlanks(): void {
    while (this.#source.take(/[ \t]+|\\\n/y) !== undefined);
    if (/^[\s;&|<>()]?$/.test(this.#source.previous)) this.#source.take(/#[^\n]*/y)
  }

  #skipLines(): void {
    do this.#skipBlanks()
    while (this.#source.take(/\n/y) !== undefined)
  }
}

/** Such a word right before a sign belongs to it. */
function isDigits([first, ...rest]: Word): boolean {
  return rest.length === 0 && first?.kind === 'text' && !first.quoted && /^\d+$/.test(first.text)
}
